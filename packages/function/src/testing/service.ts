import { createServer, type IncomingHttpHeaders } from 'node:http';
import { json } from 'node:stream/consumers';
import { type Stall, stall } from './faults.ts';
import { startServer } from './server.ts';

/** A request to an AWS service whose protocol is JSON. */
export interface ServiceRequest<Body> {
  /** Such as `PutEvents`. */
  operation: string | undefined;
  headers: IncomingHttpHeaders;
  body: Body;
}

/** An answer, or a way to give none. */
export type Reply =
  | { status?: number; headers?: Record<string, string>; body: unknown }
  | 'resets the connection'
  | Stall;

/** The reply of a service to an operation that fails. */
export const failure = (status: number, error: string, headers: Record<string, string> = {}): Reply => ({
  status,
  headers: { 'x-amzn-errortype': error, ...headers },
  body: { message: `${error}, as the test wants it` },
});

/**
 * An AWS service on this machine.
 *
 * @param reply called with each request and its number, from 1
 */
export function startService<Body>(reply: (request: ServiceRequest<Body>, count: number) => Reply) {
  let count = 0;
  const server = createServer(async (incoming, outgoing) => {
    const { headers } = incoming;
    const operation = String(headers['x-amz-target']).split('.').at(-1);
    const body = (await json(incoming)) as Body;
    count += 1;
    const answer = reply({ operation, headers, body }, count);
    if (answer === 'resets the connection') incoming.socket.destroy();
    else if (typeof answer === 'string') stall(answer, outgoing);
    else outgoing.writeHead(answer.status ?? 200, answer.headers).end(JSON.stringify(answer.body));
  });
  return startServer(server);
}
