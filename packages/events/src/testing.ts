/**
 * For tests of publishers and consumers: a factory for each event, the contract's fixtures, and a client that records
 * the published events.
 *
 * @packageDocumentation
 */
import type { OutgoingEvent } from './index.ts';

export * from './generated/testing.ts';
export type { Overrides } from './make-event.ts';

/** A client for `publish` that sends nothing and records the events. */
export interface RecordingClient {
  /** For `publish` only. This type lets it replace the client without the types of the SDK. */
  send(command: never): Promise<never>;
  /** The published events in order, each with its bus, without the refused ones. */
  readonly published: readonly (OutgoingEvent & { busName: string | undefined })[];
}

/**
 * A client that replaces the EventBridge client in tests: it records the events that `publish` puts on a bus.
 *
 * @param refuse called with each event; returns the error code with which the bus refuses it, such as
 *   `ThrottlingException` (then `publish` tries again), or undefined
 * @example
 * const client = createRecordingClient();
 * await publish(client, 'Orders', [{ detailType: 'Order Placed', detail: makeOrderPlaced().detail }]);
 * expect(client.published).toHaveLength(1);
 */
export function createRecordingClient(
  refuse: (event: OutgoingEvent) => string | undefined = () => undefined,
): RecordingClient {
  const published: (OutgoingEvent & { busName: string | undefined })[] = [];
  const send = async ({ input }: { input: { Entries?: Entry[] } }) => {
    const results = (input.Entries ?? []).map((entry) => {
      const event = { detailType: entry.DetailType, detail: JSON.parse(entry.Detail ?? '') } as OutgoingEvent;
      const code = refuse(event);
      if (code !== undefined) return { ErrorCode: code, ErrorMessage: `refused by the test: ${code}` };
      published.push({ ...event, busName: entry.EventBusName });
      return { EventId: crypto.randomUUID() };
    });
    const failed = results.filter((result) => 'ErrorCode' in result).length;
    return { $metadata: {}, FailedEntryCount: failed, Entries: results };
  };
  return { published, send: send as unknown as RecordingClient['send'] };
}

/** The parts of a PutEvents entry that `publish` sets. */
interface Entry {
  EventBusName?: string;
  DetailType?: string;
  Detail?: string;
}
