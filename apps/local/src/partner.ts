import type { Collection, Ids } from '@orders/local-aws';
import { isObject, type JsonObject } from '@orders/local-aws';

/** What the partner answers a delivery. */
export interface PartnerAnswer {
  status: number;
  body: { message: string };
}

/** A stand-in for the US fulfilment partner: takes orders with the right key, and keeps them. */
export interface Partner {
  /** The key that it takes, another one in each run. */
  apiKey: string;
  /** @param apiKey the header `x-api-key`, as it came */
  receive(apiKey: string | undefined, body: string): PartnerAnswer;
  /** The events that it got, the oldest first. */
  received(): readonly JsonObject[];
}

/** How many events it keeps; the oldest go first. */
const maxEvents = 1_000;

/** @param events what it has received, by the event's id */
export function createPartner(events: Collection<JsonObject>, ids: Ids): Partner {
  const apiKey = ids.uuid();
  return {
    apiKey,
    receive(key, body) {
      if (key !== apiKey)
        return { status: 401, body: { message: 'The key in x-api-key is missing or wrong' } };
      let event: unknown;
      try {
        event = JSON.parse(body);
      } catch {
        return { status: 400, body: { message: 'The body has to be JSON' } };
      }
      if (!isObject(event))
        return { status: 400, body: { message: 'The body has to be an event, an object' } };
      // An event may be delivered twice, with the same id.
      events.set(typeof event.id === 'string' ? event.id : ids.uuid(), event);
      for (const oldest of events.size > maxEvents ? events.keys() : []) {
        events.delete(oldest);
        break;
      }
      return { status: 202, body: { message: 'Accepted' } };
    },
    received: () => [...events.values()],
  };
}
