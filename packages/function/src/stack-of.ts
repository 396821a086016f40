/** The stack of what was thrown, for a line of the log that has the reason already: the line of code may be the cause. */
export const stackOf = (thrown: unknown): string | undefined =>
  thrown instanceof Error ? thrown.stack : undefined;
