/** An error as the AWS SDKs read it: its name goes in `__type`. */
export class AwsError extends Error {
  /** What the error was called in SQS's first protocol, by which many clients still tell it. */
  readonly queryCode: string | undefined;

  constructor(name: string, message: string, queryCode?: string) {
    super(message);
    this.name = name;
    this.queryCode = queryCode;
  }
}
