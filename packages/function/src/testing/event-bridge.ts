import { createServer, type IncomingHttpHeaders } from 'node:http';
import { json } from 'node:stream/consumers';
import type { PutEventsRequest } from '@aws-sdk/client-eventbridge';
import { startServer } from './server.ts';

/**
 * EventBridge on this machine. It accepts every event; the events of the first request get the id `event-1`, those
 * of the second `event-2`, and so on.
 *
 * @param answers called with the number of each request, from 1. `false` leaves the request without an answer.
 */
export async function startEventBridge(answers: (request: number) => boolean = () => true) {
  const requests: (PutEventsRequest & { headers: IncomingHttpHeaders })[] = [];
  const server = createServer(async (incoming, outgoing) => {
    const body = (await json(incoming)) as PutEventsRequest;
    const count = requests.push({ ...body, headers: incoming.headers });
    if (!answers(count)) return;
    const results = body.Entries?.map(() => ({ EventId: `event-${count}` }));
    outgoing.end(JSON.stringify({ FailedEntryCount: 0, Entries: results }));
  });
  return { requests, ...(await startServer(server)) };
}
