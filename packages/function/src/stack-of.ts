/** The stack of what was thrown and of its causes, for a line of the log that has the reason: the line of code may be the cause. */
export function stackOf(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error)) return undefined;
  const cause = stackOf(thrown.cause);
  return cause === undefined ? thrown.stack : `${thrown.stack}\nCaused by ${cause}`;
}
