import { Problem } from '@orders/function';
import { v5 } from 'uuid';
import { idempotencyKey, problems } from './operations.ts';
import type { Order } from './order.ts';
import type { Request } from './request.ts';

/** What makes a request that comes again the same request: who sent it, and the key that it has. */
export interface Idempotency {
  /** The issuer of the caller's token and the caller's id there; null for a caller that nobody verified. */
  caller: readonly [issuer: string, subject: string] | null;
  key: string;
}

/** The namespace of the order ids that are derived from a key. Another one forgets every key. */
const namespace = '5b4e3f0e-6d0c-4b6f-9c6e-8f4c1f2b7a10';

/** A UUID that is made of random bits: version 4 or 7. */
const randomUuid = /^[\da-f]{8}-[\da-f]{4}-[47][\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;

/**
 * Reads the header Idempotency-Key.
 *
 * @returns undefined if the request has no key
 * @throws {Problem} 400 for a key of another form, for several keys, and for a key of a caller that nobody verified
 *   unless it is a random UUID. Any other key may be that of somebody else.
 */
export function readIdempotency({ headers, requestContext }: Request): Idempotency | undefined {
  const header = headers['idempotency-key'];
  if (header === undefined) return undefined;

  const key = idempotencyKey.form.exec(header)?.groups?.key;
  if (key === undefined) {
    throw refusal(
      'takes one key of 1 to 255 visible ASCII characters without commas and backslashes',
      header,
    );
  }
  const claims = requestContext.authorizer?.jwt?.claims;
  if (isText(claims?.iss) && isText(claims?.sub)) return { caller: [claims.iss, claims.sub], key };

  const uuid = key.toLowerCase();
  if (randomUuid.test(uuid)) return { caller: null, key: uuid };
  throw refusal('takes a random UUID (version 4 or 7) from a client without a token', header);
}

/**
 * Derives the id of an order: the same order with the same key of the same caller gets the same id. Another order,
 * key or caller gets another id, so that no order is taken for one that it isn't.
 */
export const deriveOrderId = ({ caller, key }: Idempotency, order: Order): string =>
  v5(JSON.stringify([caller, key, Object.entries(order).sort()]), namespace);

const isText = (claim: unknown): claim is string => typeof claim === 'string' && claim !== '';

function refusal(allowed: string, header: string): Problem {
  const received = JSON.stringify(header.length > 100 ? `${header.slice(0, 100)}…` : header);
  return new Problem(problems.invalid, `The header Idempotency-Key ${allowed}; received ${received}.`);
}
