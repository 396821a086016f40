/** What `TestState` is asked. Texts are JSON where AWS has JSON in a text. */
export interface TestStateRequest {
  /** A state, or a whole definition of which `stateName` names a state. */
  readonly definition: string;
  readonly stateName?: string | undefined;
  /** The role in which the state calls; a Task state without a mock needs one. */
  readonly roleArn?: string | undefined;
  /** JSON; `{}` if left out. */
  readonly input?: string | undefined;
  /** The context object, JSON. */
  readonly context?: string | undefined;
  /** The variables that are set, JSON. */
  readonly variables?: string | undefined;
  /** `INFO` if left out: the outcome only. `DEBUG` and `TRACE` show the way of the data. */
  readonly inspectionLevel?: 'INFO' | 'DEBUG' | 'TRACE' | undefined;
  /** What the state's call brings, in place of calling. Map and Parallel states can't be tested without it. */
  readonly mock?: TestStateMock | undefined;
  readonly stateConfiguration?:
    | {
        /** The attempts that the retrier which takes the error has granted. */
        readonly retrierRetryCount?: number | undefined;
        /** The state inside of a Map or Parallel state that failed with the error of the mock. */
        readonly errorCausedByState?: string | undefined;
      }
    | undefined;
}

export interface TestStateMock {
  /** JSON: a result, or for a Map or Parallel state an array of them. */
  readonly result?: string | undefined;
  readonly errorOutput?:
    | { readonly error?: string | undefined; readonly cause?: string | undefined }
    | undefined;
  /** How strictly the result is checked against what the service answers; `STRICT` if left out. */
  readonly fieldValidationMode?: FieldValidationMode | undefined;
}

/** `PRESENT` lets required fields be missing, `NONE` checks nothing. */
export type FieldValidationMode = 'STRICT' | 'PRESENT' | 'NONE';

/** What `TestState` answers. Texts are JSON where AWS has JSON in a text. */
export interface TestStateResult {
  /** `RETRIABLE`: a retrier takes the error and has attempts left. `CAUGHT_ERROR`: a catcher takes it. */
  readonly status: 'SUCCEEDED' | 'FAILED' | 'RETRIABLE' | 'CAUGHT_ERROR';
  readonly output?: string;
  readonly error?: string;
  readonly cause?: string;
  readonly nextState?: string;
  readonly inspectionData?: InspectionData;
}

/** The way of the data. Each text is JSON. */
export interface InspectionData {
  readonly input?: string;
  readonly variables?: string;
  readonly afterInputPath?: string;
  readonly afterParameters?: string;
  readonly afterArguments?: string;
  readonly afterItemsPath?: string;
  readonly afterItemSelector?: string;
  readonly result?: string;
  readonly afterResultSelector?: string;
  readonly afterResultPath?: string;
  readonly maxConcurrency?: number;
  readonly errorDetails?: {
    readonly catchIndex?: number;
    readonly retryIndex?: number;
    readonly retryBackoffIntervalSeconds?: number;
  };
}

/** Why a request isn't taken. The code is AWS's. */
export class TestStateError extends Error {
  override readonly name = 'TestStateError';
  readonly code: 'ValidationException' | 'InvalidDefinition' | 'InvalidExecutionInput';

  constructor(code: TestStateError['code'], message: string) {
    super(message);
    this.code = code;
  }
}
