/** One field that isn't as the contract has it. */
export interface Issue {
  /** JSON Pointer (RFC 6901) into the value that was parsed: `/detail/value`. */
  path: string;
  /** What was there, quoted and shortened; `nothing` for a field that is missing. */
  received: string;
  /** What may be there, in words. */
  allowed: string;
}

/** A value that isn't the event it was taken for. Its message has all the issues; `issues` has them as data. */
export class InvalidEventError extends Error {
  override readonly name = 'InvalidEventError';
  /** The detail-type that was expected. */
  readonly detailType: string;
  /** Every field that is wrong, at least one. */
  readonly issues: readonly Issue[];

  constructor(detailType: string, issues: readonly Issue[]) {
    const lines = issues.map(
      ({ path, received, allowed }) => `${path || 'the value'}: received ${received}, allowed is ${allowed}`,
    );
    super(`This isn't a valid "${detailType}" event. ${lines.join('; ')}`);
    this.detailType = detailType;
    this.issues = issues;
  }
}
