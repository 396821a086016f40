import { inspect } from 'node:util';

/** Says in one text why something failed, whatever was thrown: an `Error`, a string, an object without a prototype. */
export const reasonOf = (thrown: unknown): string =>
  thrown instanceof Error ? String(thrown) : inspect(thrown);
