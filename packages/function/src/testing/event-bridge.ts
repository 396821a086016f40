import type { PutEventsRequest } from '@aws-sdk/client-eventbridge';
import { type Reply, type ServiceRequest, startService } from './service.ts';

/** The reply of a bus that accepts the events of a request, each under this id. */
export const accepted = ({ Entries }: PutEventsRequest, eventId: string): Reply => ({
  body: { FailedEntryCount: 0, Entries: Entries?.map(() => ({ EventId: eventId })) },
});

/**
 * EventBridge on this machine. It accepts every event: those of the first request get the id `event-1`, those of the
 * second `event-2`, and so on.
 */
export async function startEventBridge() {
  const requests: ServiceRequest<PutEventsRequest>[] = [];
  const service = await startService<PutEventsRequest>((request, count) => {
    requests.push(request);
    return accepted(request.body, `event-${count}`);
  });
  return { requests, ...service };
}
