export type StateType = 'Pass' | 'Task' | 'Choice' | 'Wait' | 'Succeed' | 'Fail' | 'Parallel' | 'Map';
export type QueryLanguage = 'JSONPath' | 'JSONata';

/** What a field may contain. */
export type FieldKind =
  | 'text'
  | 'boolean'
  | 'anything'
  /** A whole number of at least 0. */
  | 'count'
  /** A whole number of at least 1. */
  | 'seconds'
  /** A number of at least 1. */
  | 'rate'
  | 'timestamp'
  /** The name of a state beside this one. */
  | 'state'
  /** A JSONPath. */
  | 'path'
  /** A JSONPath, or null for "nothing". */
  | 'path or null'
  /** A JSONPath that names one place, or null. */
  | 'reference path or null'
  /** A JSONPath or an intrinsic function. */
  | 'path or function'
  /** An object with `name.$` fields. */
  | 'template'
  | 'object'
  | 'array'
  | 'list'
  | 'machine';

export interface Field {
  readonly kind: FieldKind;
  readonly required?: true;
  /** The query language in which the field exists; both if left out. */
  readonly language?: QueryLanguage;
  readonly oneOf?: readonly string[];
  /** In JSONata the field may be an expression. */
  readonly expression?: true;
  /** AWS has the field, and this package doesn't. */
  readonly unknown?: true;
}

export type Fields = Readonly<Record<string, Field>>;

const jsonPath = { language: 'JSONPath' } as const;
const jsonata = { language: 'JSONata' } as const;

export const queryLanguage: Field = { kind: 'text', oneOf: ['JSONPath', 'JSONata'] };

const everyState: Fields = {
  Type: { kind: 'text', required: true },
  Comment: { kind: 'text' },
  QueryLanguage: queryLanguage,
};
const paths: Fields = {
  InputPath: { kind: 'path or null', ...jsonPath },
  OutputPath: { kind: 'path or null', ...jsonPath },
};
const output: Fields = { Output: { kind: 'anything', ...jsonata, expression: true } };
const assign: Fields = { Assign: { kind: 'object' } };
const transition: Fields = { Next: { kind: 'state' }, End: { kind: 'boolean' } };
const result: Fields = {
  ResultSelector: { kind: 'template', ...jsonPath },
  ResultPath: { kind: 'reference path or null', ...jsonPath },
};
const parameters: Fields = { Parameters: { kind: 'template', ...jsonPath } };
const errors: Fields = { Retry: { kind: 'list' }, Catch: { kind: 'list' } };

/** The fields of each state type. What isn't listed is refused, as on AWS. */
export const stateFields: Readonly<Record<StateType, Fields>> = {
  Task: {
    ...everyState,
    ...paths,
    ...output,
    ...assign,
    ...transition,
    ...parameters,
    ...result,
    ...errors,
    Arguments: { kind: 'anything', ...jsonata, expression: true },
    Resource: { kind: 'text', required: true },
    TimeoutSeconds: { kind: 'seconds', expression: true },
    TimeoutSecondsPath: { kind: 'path', ...jsonPath },
    HeartbeatSeconds: { kind: 'seconds', expression: true },
    HeartbeatSecondsPath: { kind: 'path', ...jsonPath },
    Credentials: { kind: 'object', unknown: true },
  },
  Wait: {
    ...everyState,
    ...paths,
    ...output,
    ...assign,
    ...transition,
    Seconds: { kind: 'count', expression: true },
    SecondsPath: { kind: 'path', ...jsonPath },
    Timestamp: { kind: 'timestamp', expression: true },
    TimestampPath: { kind: 'path', ...jsonPath },
  },
  Pass: {
    ...everyState,
    ...paths,
    ...output,
    ...assign,
    ...transition,
    ...parameters,
    Result: { kind: 'anything', ...jsonPath },
    ResultPath: { kind: 'reference path or null', ...jsonPath },
  },
  Succeed: { ...everyState, ...paths, ...output },
  Fail: {
    ...everyState,
    Error: { kind: 'text', expression: true },
    ErrorPath: { kind: 'path or function', ...jsonPath },
    Cause: { kind: 'text', expression: true },
    CausePath: { kind: 'path or function', ...jsonPath },
  },
  Choice: {
    ...everyState,
    ...paths,
    ...output,
    ...assign,
    Choices: { kind: 'list', required: true },
    Default: { kind: 'state' },
  },
  Parallel: {
    ...everyState,
    ...paths,
    ...output,
    ...assign,
    ...transition,
    ...parameters,
    ...result,
    ...errors,
    Arguments: { kind: 'anything', ...jsonata, expression: true },
    Branches: { kind: 'list', required: true },
  },
  Map: {
    ...everyState,
    ...paths,
    ...output,
    ...assign,
    ...transition,
    ...parameters,
    ...result,
    ...errors,
    ItemProcessor: { kind: 'machine' },
    Iterator: { kind: 'machine' },
    ItemsPath: { kind: 'path', ...jsonPath },
    Items: { kind: 'array', ...jsonata, expression: true },
    ItemSelector: { kind: 'template', expression: true },
    MaxConcurrency: { kind: 'count', expression: true },
    MaxConcurrencyPath: { kind: 'path', ...jsonPath },
    ItemReader: { kind: 'object', unknown: true },
    ItemBatcher: { kind: 'object', unknown: true },
    ResultWriter: { kind: 'object', unknown: true },
    Label: { kind: 'text', unknown: true },
    ToleratedFailureCount: { kind: 'count', unknown: true },
    ToleratedFailureCountPath: { kind: 'path', ...jsonPath, unknown: true },
    ToleratedFailurePercentage: { kind: 'count', unknown: true },
    ToleratedFailurePercentagePath: { kind: 'path', ...jsonPath, unknown: true },
  },
};

/** The fields of a whole definition. */
export const machineFields: Fields = {
  Comment: { kind: 'text' },
  StartAt: { kind: 'state', required: true },
  States: { kind: 'object', required: true },
  Version: { kind: 'text', oneOf: ['1.0'] },
  TimeoutSeconds: { kind: 'seconds' },
  QueryLanguage: queryLanguage,
};

/** The fields of a branch of a Parallel state. */
export const branchFields: Fields = {
  Comment: { kind: 'text' },
  StartAt: { kind: 'state', required: true },
  States: { kind: 'object', required: true },
};

/** The fields of what a Map state does with an item. */
export const processorFields: Fields = {
  ...branchFields,
  ProcessorConfig: { kind: 'object' },
};

export const processorConfigFields: Fields = {
  Mode: { kind: 'text', oneOf: ['INLINE', 'DISTRIBUTED'] },
  ExecutionType: { kind: 'text', unknown: true },
};

export const retrierFields: Fields = {
  ErrorEquals: { kind: 'list', required: true },
  IntervalSeconds: { kind: 'seconds' },
  MaxAttempts: { kind: 'count' },
  BackoffRate: { kind: 'rate' },
  MaxDelaySeconds: { kind: 'seconds' },
  JitterStrategy: { kind: 'text', oneOf: ['FULL', 'NONE'] },
  Comment: { kind: 'text' },
};

export const catcherFields: Fields = {
  ErrorEquals: { kind: 'list', required: true },
  Next: { kind: 'state', required: true },
  ResultPath: { kind: 'reference path or null', ...jsonPath },
  ...output,
  ...assign,
  Comment: { kind: 'text' },
};
