import { inspect } from 'node:util';
import { type Count, type Log, type LogLine, Problem, reasonOf } from '@orders/function';
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { readIdempotency } from './idempotency-key.ts';
import type { UncheckedOrder } from './order.ts';
import { type PlaceOrder, placeOrder, sendAgain } from './place-order.ts';
import { orderFromBody, orderFromQuery } from './read-order.ts';
import type { Request } from './request.ts';

/** The routes, by path and method. Each reads the order of a request. */
const routes: Readonly<Record<string, Readonly<Record<string, (request: Request) => UncheckedOrder>>>> = {
  '/': { GET: orderFromQuery },
  '/orders': { POST: orderFromBody },
};

/** The ids that join the lines of an order. A refused request has no order, an unconfirmed order has no event. */
export interface Ids {
  /** The API's id of the request, which its access log has too. */
  apiRequestId: string;
  orderId?: string | undefined;
  eventId?: string | undefined;
}

export type Line = LogLine & Ids;

export interface HandleRequest extends PlaceOrder {
  log: Log<Line>;
  count: Count<'OrdersPlaced' | 'OrdersRefused', Ids>;
}

/**
 * Answers a request of the HTTP API: 202 with the order's id, and in `Location` where to follow it, once the order is on
 * the bus, and RFC 9457 problem details otherwise.
 */
export async function handleRequest(
  request: Request,
  dependencies: HandleRequest,
): Promise<APIGatewayProxyStructuredResultV2> {
  const { log, count } = dependencies;
  const { requestId: apiRequestId } = request.requestContext;
  try {
    const order = routeOf(request)(request);
    const { orderId, eventId } = await placeOrder(order, readIdempotency(request), dependencies);
    const ids = { orderId, eventId, apiRequestId };
    log.info({ message: 'order placed', ...ids });
    count('OrdersPlaced', ids);
    return {
      statusCode: 202,
      headers: {
        'content-type': 'application/json',
        'cache-control': 'no-store',
        location: `${stagePath(request)}/orders/${orderId}`,
      },
      body: JSON.stringify({ orderId }),
    };
  } catch (error) {
    if (error instanceof Problem) {
      const line = {
        orderId: error.orderId,
        apiRequestId,
        ...error.toJSON(),
        cause: error.cause && reasonOf(error.cause),
      };
      if (error.status >= 500) log.error({ message: 'order not confirmed', ...line });
      else if (isUnrouted(error)) log.warn({ message: 'request refused', ...line });
      else {
        log.warn({ message: 'order refused', ...line });
        count('OrdersRefused', { apiRequestId });
      }
      return error.toResponse();
    }
    log.error({ message: 'order failed', apiRequestId, error: inspect(error) });
    return new Problem(
      500,
      // The order may be on the bus, since the failure may have come afterwards.
      `The service failed. ${sendAgain}`,
    ).toResponse();
  }
}

/** What the path of payload format 2.0 begins with: `/dev`. It is empty for the stage `$default`. */
function stagePath({ rawPath, requestContext: { stage } }: Request): string {
  const path = `/${stage}`;
  return rawPath === path || rawPath.startsWith(`${path}/`) ? path : '';
}

function routeOf(request: Request): (request: Request) => UncheckedOrder {
  const { http } = request.requestContext;
  const path = request.rawPath.slice(stagePath(request).length);
  const route = path.replace(/\/$/, '') || '/';

  const methods = Object.hasOwn(routes, route) ? routes[route] : undefined;
  if (!methods) {
    throw new Problem(
      404,
      `There is nothing at ${quote(route)}. Orders are taken by GET / and POST /orders.`,
    );
  }
  const read = Object.hasOwn(methods, http.method) ? methods[http.method] : undefined;
  if (!read) {
    const allow = Object.keys(methods).join(', ');
    const taken = 'Orders are taken by GET / and POST /orders.';
    throw new Problem(405, `${route} takes ${allow}; received ${http.method}. ${taken}`, {
      headers: { allow },
    });
  }
  return read;
}

/** Whether the request has no route, so that it has no order that could be refused. */
const isUnrouted = ({ status }: Problem) => status === 404 || status === 405;

const quote = (text: string) => JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text);
