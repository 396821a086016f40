import type { Partner } from './services/partner.ts';
import type { Trace } from './trace.ts';

export interface LocalResponse {
  status: number;
  body: object;
}

export interface LocalRequest {
  method: string;
  path: string;
  query: URLSearchParams;
  apiKey: string | undefined;
  body: Buffer;
}

/** The longest that a request waits for an order to settle. */
const maxSettleMs = 60_000;

/** What the local run has beside the system itself, all under `/_local`. */
export function createLocalApi(trace: Trace, partner: Partner) {
  return async ({ method, path, query, apiKey, body }: LocalRequest): Promise<LocalResponse> => {
    const route = `${method} ${path}`;
    if (route === 'GET /_local/health') return { status: 200, body: { status: 'ok' } };
    if (route === 'GET /_local/orders') return { status: 200, body: { orderIds: trace.orderIds() } };
    if (route === 'GET /_local/partner/orders')
      return { status: 200, body: { received: partner.received() } };
    if (route === 'POST /_local/partner/orders') return partner.receive(apiKey, body.toString());

    const orderId = /^GET \/_local\/orders\/([^/]+)\/trace$/.exec(route)?.[1];
    if (orderId !== undefined) return traceOf(decode(orderId), query.get('settleMs') ?? '0');

    return {
      status: 404,
      body: {
        message: `There is nothing at ${route}.`,
        known: [
          'GET /_local/health',
          'GET /_local/orders',
          'GET /_local/orders/<orderId>/trace?settleMs=5000',
          'GET /_local/partner/orders',
        ],
      },
    };
  };

  async function traceOf(orderId: string, settleText: string): Promise<LocalResponse> {
    const settleMs = /^\d+$/.test(settleText) ? Number(settleText) : Number.NaN;
    if (!(settleMs <= maxSettleMs)) {
      const message = `settleMs is ${JSON.stringify(settleText)}; allowed are milliseconds from 0 to ${maxSettleMs}.`;
      return { status: 400, body: { message } };
    }
    const story = await trace.settled(orderId, settleMs);
    if (story) return { status: 200, body: story };
    return { status: 404, body: { message: `No order ${orderId} was seen since the system started.` } };
  }
}

/** What isn't a URL's encoding stays as it is. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
