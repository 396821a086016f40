import type { ReadableStack } from '@orders/stack-trace';

/** A handler that threw, or whose process ended or ran out of time. Its name is the error's class. */
export class FunctionError extends Error {
  /** The lines of the handler's stack as the process has them, when it has thrown an error. */
  readonly trace: readonly string[] | undefined;
  /** The same stack, for people. */
  readonly readable: ReadableStack | undefined;

  /** @param errorType the error's class as Lambda reports it: `InvalidEventError`, `Runtime.ExitError`, … */
  constructor(errorType: string, message: string, trace?: readonly string[], readable?: ReadableStack) {
    super(message);
    this.name = errorType;
    this.trace = trace;
    this.readable = readable;
  }

  /** `TypeError: x is not a function at store (apps/persister/src/order-table.ts:31:12)` */
  override toString(): string {
    const { at } = this.readable ?? {};
    return `${super.toString()}${at === undefined ? '' : ` at ${at}`}`;
  }
}
