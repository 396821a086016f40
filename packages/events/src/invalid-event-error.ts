/** One field that isn't as the contract has it. */
export interface Issue {
  /** JSON Pointer (RFC 6901) into the value that was parsed: `/detail/value`. */
  path: string;
  /** What was there, quoted and shortened; `nothing` for a field that is missing. */
  received: string;
  /** What may be there, in words. */
  allowed: string;
}

/** How many issues the message tells: a log line has its limits. */
const maxLines = 50;

/** A value that isn't the event it was taken for. Its message has the issues; `issues` has all of them as data. */
export class InvalidEventError extends Error {
  override readonly name = 'InvalidEventError';
  /** The detail-type that was expected. */
  readonly detailType: string;
  /** Every field that is wrong, at least one. */
  readonly issues: readonly Issue[];

  constructor(detailType: string, issues: readonly Issue[]) {
    const lines = issues
      .slice(0, maxLines)
      .map(
        ({ path, received, allowed }) =>
          `${path || 'the whole'}: received ${received}, allowed is ${allowed}`,
      );
    if (issues.length > maxLines) lines.push(`and ${issues.length - maxLines} more`);
    super(`This isn't a valid "${detailType}" event. ${lines.join('; ')}`);
    this.detailType = detailType;
    this.issues = issues;
  }
}
