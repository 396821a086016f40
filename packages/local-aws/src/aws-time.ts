/** A time in what an operation answers. Each wire protocol writes it in its own way; as JSON, it is seconds since 1970. */
export class AwsTime {
  /** Milliseconds since 1970. */
  readonly ms: number;

  constructor(ms: number) {
    this.ms = ms;
  }

  get seconds(): number {
    return this.ms / 1_000;
  }

  toJSON(): number {
    return this.seconds;
  }
}
