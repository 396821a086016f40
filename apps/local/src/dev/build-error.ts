/** The sources can't be built. The first line of the message says why. */
export class BuildError extends Error {
  override readonly name = 'BuildError';
  /** The first line. */
  readonly reason: string;

  /** @param reason what a tool says; without line breaks before it */
  constructor(reason: string) {
    super(reason);
    this.reason = reason.split('\n', 1)[0] ?? '';
  }
}
