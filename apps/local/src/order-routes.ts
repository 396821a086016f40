import type { LocalResponse, LocalRoutes, Stories, Story } from '@orders/local-aws';
import type { Partner } from './partner.ts';

/** The longest that a request waits for an order to settle. */
const maxSettleMs = 60_000;

/** What the order system has beside the stack: the stories of its orders, and the partner. */
export const orderRoutes = (stories: Stories, partner: Partner): LocalRoutes => ({
  'GET /_local/orders': () => ({ status: 200, body: { orderIds: stories.subjects() } }),

  'GET /_local/orders/<orderId>/trace?settleMs=5000': ({ parameters, query }) =>
    traceOf(stories, parameters.orderId ?? '', query.get('settleMs') ?? '0'),

  'GET /_local/partner/orders': () => ({ status: 200, body: { received: partner.received() } }),

  'POST /_local/partner/orders': ({ headers, body }) =>
    partner.receive(headers['x-api-key']?.toString(), body.toString()),
});

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
