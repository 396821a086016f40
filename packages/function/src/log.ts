/** A line of the log: a message, and fields such as the ids that join the lines of one order. */
export interface LogLine {
  message: string;
  [field: string]: unknown;
}

/**
 * Writes lines, each with the level that it is called by. Powertools adds the time, the service, the request id of
 * the invocation and the id of its trace.
 *
 * Pass the ids with every line. An id that the logger kept would get into the lines of the next event.
 */
export type Log<Line extends LogLine = LogLine> = Record<'info' | 'warn' | 'error', (line: Line) => void>;
