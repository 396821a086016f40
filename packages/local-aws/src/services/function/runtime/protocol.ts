import { isObject } from '../../../json.ts';

/** What the local run and the process of a function say to each other. */

/** To the process: run the handler once. */
export interface Invoke {
  requestId: string;
  functionArn: string;
  event: unknown;
  /** The value of `_X_AMZN_TRACE_ID`. */
  traceHeader: string;
  /** When the time is up, in milliseconds since 1970. */
  deadlineMs: number;
  /** The most bytes of the answer, as JSON. */
  maxAnswerBytes: number;
}

/** From the process: what became of an invocation, or of loading the handler. */
export type Outcome = { type: 'result'; result: unknown } | Failure;

export interface Failure {
  type: 'error';
  errorType: string;
  errorMessage: string;
  /** The lines of the stack. */
  trace?: string[];
}

/** From the process: it takes an invocation. `left` is what the last one began and left, for people. */
export type Ready = { type: 'ready'; left?: string[] };

/** From the process: it ends, and takes no more. */
export type Ending = { type: 'ending'; status: number };

/** Whether a message of the process is one of ours. */
export function isMessage(message: unknown): message is Outcome | Ready | Ending {
  if (!isObject(message)) return false;
  const { type, errorType, errorMessage, status } = message;
  if (type === 'error') return typeof errorType === 'string' && typeof errorMessage === 'string';
  if (type === 'ending') return typeof status === 'number';
  return type === 'ready' || type === 'result';
}
