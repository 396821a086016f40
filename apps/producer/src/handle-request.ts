import { inspect } from 'node:util';
import { type Count, type Log, type LogLine, Problem, reasonOf, stackOf } from '@orders/function';
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { readIdempotency } from './idempotency-key.ts';
import { operations, placed, problems } from './operations.ts';
import type { UncheckedOrder } from './order.ts';
import { type PlaceOrder, placeOrder, sendAgain } from './place-order.ts';
import { orderFromBody, orderFromQuery } from './read-order.ts';
import type { Request } from './request.ts';

/** How the order of each operation is read. */
const readers: Record<keyof typeof operations, (request: Request) => UncheckedOrder> = {
  'GET /': orderFromQuery,
  'POST /orders': orderFromBody,
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
    const order = readerOf(request)(request);
    const { orderId, eventId } = await placeOrder(order, readIdempotency(request), dependencies);
    const ids = { orderId, eventId, apiRequestId };
    log.info({ message: 'order placed', ...ids });
    count('OrdersPlaced', ids);
    return {
      statusCode: placed.status,
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
      if (error.status >= 500)
        log.error({ message: 'order not confirmed', ...line, stack: stackOf(error.cause) });
      else if (isUnrouted(error)) log.warn({ message: 'request refused', ...line });
      else {
        log.warn({ message: 'order refused', ...line });
        count('OrdersRefused', { apiRequestId });
      }
      return error.toResponse();
    }
    log.error({ message: 'order failed', apiRequestId, error: inspect(error) });
    return new Problem(
      problems.failed,
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

function readerOf(request: Request): (request: Request) => UncheckedOrder {
  const { method } = request.requestContext.http;
  const path = request.rawPath.slice(stagePath(request).length).replace(/\/$/, '') || '/';
  const asked = `${method} ${path}`;
  if (isOperation(asked)) return readers[asked];

  const allow = Object.keys(operations)
    .map((operation) => operation.split(' '))
    .flatMap(([known = '', at]) => (at === path ? [known] : []))
    .join(', ');
  const taken = 'Orders are placed by GET / and POST /orders, and followed by GET /orders/<orderId>.';
  throw allow === ''
    ? new Problem(problems.noRoute, `Nothing takes ${method} ${quote(path)}. ${taken}`)
    : new Problem(problems.wrongMethod, `${path} takes ${allow}; received ${method}. ${taken}`, {
        headers: { allow },
      });
}

const isOperation = (text: string): text is keyof typeof operations => Object.hasOwn(operations, text);

/** Whether the request has no route, so that it has no order that could be refused. */
const isUnrouted = ({ status }: Problem) =>
  status === problems.noRoute.status || status === problems.wrongMethod.status;

const quote = (text: string) => JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text);
