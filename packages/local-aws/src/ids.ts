import { randomBytes, randomUUID } from 'node:crypto';

/** The one source of ids and of chance. Passed in, so that a run can be repeated. */
export interface Ids {
  /** A random UUID. */
  uuid(): string;
  /** Random bytes in lower-case hexadecimal digits, two for each byte. */
  hex(bytes: number): string;
  /** A number from 0 up to 1. */
  random(): number;
}

export const systemIds: Ids = {
  // Node.js joins it from 15 pieces, which V8 keeps as such: 500 bytes for each of the ids in a log.
  uuid: () => Buffer.from(randomUUID()).toString('latin1'),
  hex: (bytes) => randomBytes(bytes).toString('hex'),
  random: Math.random,
};
