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
