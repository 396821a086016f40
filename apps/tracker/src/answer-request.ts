import { type Log, type LogLine, Problem, reasonOf, stackOf } from '@orders/function';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { found, problems } from './operations.ts';
import type { TrackedOrder } from './status-table.ts';

/** The ids that join the lines of a request. */
export interface Ids {
  /** The API's id of the request, which its access log has too. */
  apiRequestId: string;
  orderId: string;
}

export interface AnswerRequest {
  /** The order of an id; undefined if no event of it has come. */
  find: (orderId: string) => Promise<TrackedOrder | undefined>;
  log: Log<LogLine & Ids>;
}

/** The length of an order id, a UUID. DynamoDB refuses keys that are much longer. */
const orderIdLength = 36;

/**
 * Answers `GET /orders/{orderId}`: 200 with the order, and RFC 9457 problem details otherwise.
 *
 * @param request as API Gateway sends it, in payload format 2.0
 */
export async function answerRequest(
  request: APIGatewayProxyEventV2,
  { find, log }: AnswerRequest,
): Promise<APIGatewayProxyStructuredResultV2> {
  const orderId = request.pathParameters?.orderId ?? '';
  const ids: Ids = { apiRequestId: request.requestContext.requestId, orderId: orderId.slice(0, 100) };
  try {
    const order = orderId.length === orderIdLength ? await find(orderId) : undefined;
    if (!order) {
      log.info({ message: 'order not known', ...ids });
      return notKnown(ids.orderId).toResponse();
    }
    log.info({ message: 'order found', status: order.status, ...ids });
    return {
      statusCode: found.status,
      headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
      body: JSON.stringify(order),
    };
  } catch (error) {
    log.error({
      message: 'order not read',
      ...ids,
      error: reasonOf(error),
      stack: stackOf(error),
    });
    const detail = "The order's status can't be read now. Ask again later.";
    return new Problem(problems.notRead, detail, { headers: { 'retry-after': '5' } }).toResponse();
  }
}

const notKnown = (orderId: string) =>
  new Problem(
    problems.notKnown,
    `No order ${JSON.stringify(orderId)} is known. An order that was just placed is known some seconds later. ` +
      "An order's id is the orderId in the answer to the request that placed it.",
  );
