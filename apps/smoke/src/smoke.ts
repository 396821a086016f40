import { setTimeout } from 'node:timers/promises';

/** The routes of an order, each with a location, and the status that the order has to come to. */
export const routes = [
  { name: 'the EU', location: 'eu-west', status: 'dispatched' },
  { name: 'the US', location: 'us-east-1', status: 'placed' },
  { name: 'elsewhere', location: 'aq-south', status: 'placed' },
] as const;

type Route = (typeof routes)[number];

export interface SmokeOptions {
  /** The address of the API with its stage, the output `api_url`. */
  apiUrl: string;
  /** The bearer token, for a stage that asks for one. */
  token?: string | undefined;
  /** How long an order may take to its status. */
  timeoutMs: number;
  /** Gets a sentence for each step. */
  report: (sentence: string) => void;
}

const pollMs = 500;
/** How long one request may take, with its answer. */
const requestTimeoutMs = 20_000;

/**
 * Places an order for each route, and follows it by `GET /orders/{orderId}` alone.
 *
 * @returns a sentence for each order that didn't come to its status in time; none if all did
 */
export async function smoke(options: SmokeOptions): Promise<string[]> {
  const outcomes = await Promise.all(routes.map((route) => followRoute(route, options)));
  return outcomes.flatMap((problem) => problem ?? []);
}

async function followRoute(route: Route, options: SmokeOptions): Promise<string | undefined> {
  const { name, location, status: wanted } = route;
  const { timeoutMs, report } = options;
  const begin = performance.now();
  const tookMs = () => Math.round(performance.now() - begin);
  try {
    const placed = await ask(options, 'orders', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ location, category: 'smoke-test', value: 1 }),
    });
    const orderId = idIn(placed.body);
    if (placed.status !== 202 || orderId === undefined) {
      return `The order for ${name} was not placed: the API answered ${placed.status} ${placed.body}`;
    }
    report(`The order for ${name} is ${orderId}.`);

    let last = 'no answer';
    do {
      const { status, body } = await ask(options, `orders/${orderId}`);
      const came = status === 200 ? statusIn(body) : undefined;
      last = came ? `the status "${came}"` : `${status} ${body}`;
      if (came === wanted) {
        report(`The order for ${name} is ${wanted} after ${tookMs()} ms.`);
        return undefined;
      }
      // Only 404 passes by itself: the order isn't known yet. A failing service may recover in time.
      if (status !== 200 && status !== 404 && status < 500) break;
      await setTimeout(pollMs);
    } while (performance.now() - begin < timeoutMs);
    return `The order ${orderId} for ${name} was not ${wanted} within ${tookMs()} ms: the last answer was ${last}`;
  } catch (error) {
    const reason = error instanceof Error ? String(error.cause ?? error) : String(error);
    return `The order for ${name} could not be followed: ${options.apiUrl} did not answer within ${tookMs()} ms. ${reason}`;
  }
}

async function ask({ apiUrl, token }: SmokeOptions, path: string, init: RequestInit = {}) {
  const response = await fetch(`${apiUrl.replace(/\/$/, '')}/${path}`, {
    ...init,
    headers: { ...init.headers, ...(token !== undefined && { authorization: `Bearer ${token}` }) },
    signal: AbortSignal.timeout(requestTimeoutMs),
  });
  return { status: response.status, body: await response.text() };
}

const textIn = (json: string, field: string): string | undefined => {
  try {
    const value: unknown = (JSON.parse(json) as Record<string, unknown> | null)?.[field];
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
};
const idIn = (json: string) => textIn(json, 'orderId');
const statusIn = (json: string) => textIn(json, 'status');
