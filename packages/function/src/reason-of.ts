import { inspect } from 'node:util';

/**
 * Says in one text why something failed, whatever was thrown: an `Error`, a string, an object without a prototype.
 * The cause of an error is part of it, unless the error's own message has it already.
 */
export function reasonOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return inspect(thrown);
  const { cause } = thrown;
  const reason = String(thrown);
  return cause instanceof Error && !reason.includes(cause.message) ? `${reason}: ${reasonOf(cause)}` : reason;
}
