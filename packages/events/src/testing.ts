/**
 * For the tests of those who publish and consume: a factory for each event, the contract's fixtures, and a client
 * that records what is published.
 *
 * @packageDocumentation
 */
import type { OutgoingEvent } from './index.ts';

export * from './generated/testing.ts';
export type { Overrides } from './make-event.ts';

/** A client for `publish` that sends nothing. */
export interface RecordingClient {
  /** For `publish`, which knows what it sends. So typed that it takes the client's place without the types of the SDK. */
  send(command: never): Promise<never>;
  /** The events that were published, in their order, each with its bus; refused ones aren't among them. */
  readonly published: readonly (OutgoingEvent & { busName: string | undefined })[];
}

/**
 * A client that takes the place of the EventBridge client in tests: it records what `publish` puts on a bus.
 *
 * @param refuse called with each event; returns an error code for one that the bus is to refuse, such as
 *   `ThrottlingException` (which `publish` tries again) or `InternalFailure`
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

/** An entry of PutEvents, as far as `publish` makes it. */
interface Entry {
  EventBusName?: string;
  DetailType?: string;
  Detail?: string;
}
