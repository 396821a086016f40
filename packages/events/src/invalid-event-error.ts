/** One field that breaks the contract. */
export interface Issue {
  /** JSON Pointer (RFC 6901) into the parsed value: `/detail/value`. */
  path: string;
  /** The received value, quoted and shortened; `nothing` for a missing field. */
  received: string;
  /** The allowed values, in words. */
  allowed: string;
}

/** What an issue says of its field. */
export const inWords = ({ received, allowed }: Issue): string =>
  `received ${received}, allowed is ${allowed}`;

/** The message lists at most this many issues, because a log line has a limit. */
const maxLines = 50;

/** A value isn't a valid event. The message lists the issues in words; `issues` has all of them as data. */
export class InvalidEventError extends Error {
  override readonly name = 'InvalidEventError';
  /** The expected detail-type. */
  readonly detailType: string;
  /** Every field that is wrong; at least one. */
  readonly issues: readonly Issue[];

  constructor(detailType: string, issues: readonly Issue[]) {
    const lines = issues.slice(0, maxLines).map((issue) => `${issue.path || 'the whole'}: ${inWords(issue)}`);
    if (issues.length > maxLines) lines.push(`and ${issues.length - maxLines} more`);
    super(`This isn't a valid "${detailType}" event. ${lines.join('; ')}`);
    this.detailType = detailType;
    this.issues = issues;
  }
}
