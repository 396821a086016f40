/** The command line asks for something that there isn't. Its message is followed by the usage. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
