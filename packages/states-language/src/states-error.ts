/**
 * An error of a state, as `Retry` and `Catch` see it.
 *
 * Task integrations throw it: `new StatesError('Lambda.TooManyRequestsException', 'Rate exceeded')`.
 */
export class StatesError extends Error {
  override readonly name = 'StatesError';
  /** The error's name. A Fail state without `Error` has none. */
  readonly error: string | undefined;
  /** What happened, in words or as JSON text. */
  override readonly cause: string | undefined;

  constructor(error: string | undefined, cause?: string) {
    super(`${error ?? 'an error without a name'}${cause === undefined ? '' : `: ${cause}`}`);
    this.error = error;
    this.cause = cause;
  }
}

/** The names of errors that Step Functions itself reports. */
export const errorNames = {
  all: 'States.ALL',
  branchFailed: 'States.BranchFailed',
  dataLimitExceeded: 'States.DataLimitExceeded',
  heartbeatTimeout: 'States.HeartbeatTimeout',
  intrinsicFailure: 'States.IntrinsicFailure',
  noChoiceMatched: 'States.NoChoiceMatched',
  queryEvaluationError: 'States.QueryEvaluationError',
  resultPathMatchFailure: 'States.ResultPathMatchFailure',
  runtime: 'States.Runtime',
  taskFailed: 'States.TaskFailed',
  timeout: 'States.Timeout',
} as const;

/**
 * An evaluation that failed inside of a state. The interpreter adds the state's name and the id of the event that
 * entered it, as AWS does, and throws the result as a {@link StatesError}.
 */
export class EvaluationError extends Error {
  override readonly name = 'EvaluationError';
  readonly error: string;
  /** The field that failed, for JSONata. */
  readonly location: string | undefined;

  constructor(error: string, message: string, location?: string) {
    super(message);
    this.error = error;
    this.location = location;
  }
}

export const runtimeError = (message: string) => new EvaluationError(errorNames.runtime, message);
