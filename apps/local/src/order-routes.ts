import { isObject, type LocalResponse, type LocalRoutes, type Stories, type Story } from '@orders/local-aws';
import type { Partner } from './partner.ts';

/** The longest that a request waits for an order to settle. */
const maxSettleMs = 60_000;
/** The longest that the partner is asked to take for an answer. */
const maxDelayMs = 600_000;

/** What the order system has beside the stack: the stories of its orders, and the partner. */
export const orderRoutes = (stories: Stories, partner: Partner): LocalRoutes => ({
  'GET /_local/orders': () => ({ status: 200, body: { orderIds: stories.subjects() } }),

  'GET /_local/orders/<orderId>/trace?settleMs=5000': ({ parameters, query }) =>
    traceOf(stories, parameters.orderId ?? '', query.get('settleMs') ?? '0'),

  'GET /_local/partner/orders': () => ({ status: 200, body: { received: partner.received() } }),

  'POST /_local/partner {"status": 503}': ({ body }) => behave(partner, body.toString()),

  'POST /_local/partner/orders': ({ headers, body }) =>
    partner.receive(headers['x-api-key']?.toString(), body.toString()),
});

/** Reads how the partner should behave. */
function behave(partner: Partner, text: string): LocalResponse {
  const asked = readObject(text);
  const { status, delayMs, ...others } = asked ?? {};
  const allowed =
    asked !== undefined &&
    Object.keys(others).length === 0 &&
    isWithin(status, 200, 599) &&
    isWithin(delayMs, 0, maxDelayMs);
  if (!allowed) {
    const message = `The body is ${JSON.stringify(text.slice(0, 100))}; allowed is {"status": <200 to 599>, "delayMs": <0 to ${maxDelayMs}>}, each of them optional.`;
    return { status: 400, body: { message } };
  }
  partner.behave(asked);
  return { status: 200, body: asked };
}

function readObject(text: string): { status?: number; delayMs?: number } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const isWithin = (value: unknown, from: number, to: number) =>
  value === undefined || (Number.isInteger(value) && Number(value) >= from && Number(value) <= to);

async function traceOf(stories: Stories, orderId: string, settleText: string): Promise<LocalResponse> {
  const settleMs = /^\d+$/.test(settleText) ? Number(settleText) : Number.NaN;
  if (!(settleMs <= maxSettleMs)) {
    const message = `settleMs is ${JSON.stringify(settleText)}; allowed are milliseconds from 0 to ${maxSettleMs}.`;
    return { status: 400, body: { message } };
  }
  const story = await stories.settled(orderId, settleMs);
  if (story) return { status: 200, body: asOrder(story) };
  return { status: 404, body: { message: `No order ${orderId} was seen since the system started.` } };
}

const asOrder = ({ subject, ...story }: Story) => ({ orderId: subject, ...story });
