import type { AnswerType, HeaderType, Operation, RequestType } from '@orders/function';

/** The longest body. An order has some hundred bytes. */
export const maxBodyBytes = 64 * 1024;

/** The header that makes an order safe to send again. */
export const idempotencyKey = {
  name: 'Idempotency-Key',
  meaning:
    'Makes the order safe to send again: the same order with the same key of the same client stays one order. Without a ' +
    'token, the key is a random UUID, of version 4 or 7.',
  /**
   * Visible ASCII, as it is or quoted as in the IETF's draft of the header. A comma may join two headers, since API
   * Gateway joins repeated ones, so a key has none.
   */
  form: /^(?<quote>"?)(?<key>[!#-+\--[\]-~]{1,255})\k<quote>$/,
} satisfies HeaderType;

const orderIn = (place: RequestType['in']): RequestType => ({
  in: place,
  schema: 'Order',
  headers: [idempotencyKey],
});

/** The answer to an order that is on the bus. */
export const placed = {
  status: 202,
  when: 'The order is placed. `Location` is where to follow it.',
  headers: ['Location'],
  schema: 'PlacedOrder',
} satisfies Operation['success'];

/** What the producer answers instead. */
export const problems = {
  invalid: {
    status: 400,
    when: 'The order breaks the contract, or the header Idempotency-Key has another form. `errors` names each wrong field.',
  },
  noRoute: { status: 404, when: 'Nothing is at this path, or not by this method.' },
  wrongMethod: { status: 405, when: 'The path takes other methods.', headers: ['Allow'] },
  tooLong: { status: 413, when: `The body has more than ${maxBodyBytes} bytes.` },
  failed: { status: 500, when: 'The service failed. The order may be placed or not.' },
  unconfirmed: {
    status: 503,
    when: 'The event bus did not confirm the order, which may be placed or not.',
    headers: ['Retry-After'],
  },
} satisfies Record<string, AnswerType>;

const { invalid, tooLong, failed, unconfirmed } = problems;

/** What the producer takes, by method and path. It answers every other request by `noRoute` or `wrongMethod`. */
export const operations = {
  'GET /': {
    id: 'placeOrderByQuery',
    summary: 'Places the order in the query.',
    request: orderIn('query'),
    success: placed,
    problems: [invalid, failed, unconfirmed],
  },
  'POST /orders': {
    id: 'placeOrder',
    summary: 'Places the order in the body.',
    request: orderIn('body'),
    success: placed,
    problems: [invalid, tooLong, failed, unconfirmed],
  },
} satisfies Record<string, Operation>;
