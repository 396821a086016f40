/** An error as the AWS SDKs read it: its name goes in `__type`. */
export class AwsError extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}
