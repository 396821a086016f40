/** An error as the AWS SDKs read it: its name goes in `__type`. */
export class AwsError extends Error {
  /** What the error was called in SQS's first protocol, by which many clients still tell it. */
  readonly queryCode: string | undefined;
  /** The HTTP status of the answer. */
  readonly status: number;

  constructor(name: string, message: string, queryCode?: string, status = 400) {
    super(message);
    this.name = name;
    this.queryCode = queryCode;
    this.status = status;
  }
}
