import { isObject } from '../../json.ts';

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
}

/** From the process: what became of it. */
export type Outcome =
  | { type: 'result'; result: unknown }
  | {
      type: 'error';
      errorType: string;
      errorMessage: string;
      /** The lines of the stack, when there is one. */
      trace?: string[];
    };

/** From the process: the handler is loaded, or failed to. */
export type Ready = { type: 'ready' };

/** Whether a message of the process is one of ours. */
export function isMessage(message: unknown): message is Outcome | Ready {
  if (!isObject(message)) return false;
  const { type, errorType, errorMessage } = message;
  if (type === 'error') return typeof errorType === 'string' && typeof errorMessage === 'string';
  return type === 'ready' || type === 'result';
}
