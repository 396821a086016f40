import type { Collection, Host } from '@orders/local-aws';
import { isObject, type JsonObject, jsonLength, SizedCollection } from '@orders/local-aws';

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
  receive(apiKey: string | undefined, body: string): Promise<PartnerAnswer>;
  /** Makes it fail, or be slow, from now on. What isn't said is as usual. */
  behave(behaviour: PartnerBehaviour): void;
  /** The events that it got, the oldest first. */
  received(): readonly JsonObject[];
}

/** How the partner answers an order that it would take. */
export interface PartnerBehaviour {
  /** The status of its answer; 200 to 299 takes the order, 202 as usual. */
  status?: number;
  /** How long it takes to answer. */
  delayMs?: number;
}

/** How many events it keeps, and of how many characters of JSON; the oldest go first. */
const maxEvents = 1_000;
const maxLength = 32 * 1024 * 1024;

/** @param kept what it has received, by the event's id */
export function createPartner(
  kept: Collection<JsonObject>,
  { ids, clock }: Pick<Host, 'ids' | 'clock'>,
): Partner {
  const events = new SizedCollection(kept, jsonLength);
  const apiKey = ids.uuid();
  let behaviour: PartnerBehaviour = {};
  return {
    apiKey,
    behave(given) {
      behaviour = given;
    },
    async receive(key, body) {
      const { status = 202, delayMs = 0 } = behaviour;
      if (delayMs > 0) await new Promise<void>((resolve) => void clock.after(delayMs, resolve));
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
      // Whatever says that it took the order has to have it.
      if (status < 200 || status > 299)
        return { status, body: { message: `The partner answers ${status}, as it was asked to` } };
      // An event may be delivered twice, with the same id.
      events.set(typeof event.id === 'string' ? event.id : ids.uuid(), event);
      for (const oldest of events.keys()) {
        if (events.size <= maxEvents && events.bytes <= maxLength) break;
        events.delete(oldest);
      }
      return { status, body: { message: 'Accepted' } };
    },
    received: () => [...events.values()],
  };
}
