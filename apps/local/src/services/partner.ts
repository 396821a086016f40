import { randomUUID } from 'node:crypto';
import { isObject, type JsonObject } from '../json.ts';

/** What the partner answers a delivery. */
export interface PartnerAnswer {
  status: number;
  body: { message: string };
}

/** The US fulfilment partner, as far as a laptop has one: takes orders with the right key, and keeps them. */
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

export function createPartner(): Partner {
  const apiKey = randomUUID();
  const events: JsonObject[] = [];
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
      // Deliveries may come twice, the same event by the same id.
      const known = event.id !== undefined && events.some(({ id }) => id === event.id);
      if (!known) events.push(event);
      if (events.length > maxEvents) events.shift();
      return { status: 202, body: { message: 'Accepted' } };
    },
    received: () => events,
  };
}
