import type { EventBridgeEvent } from './event.ts';
import { source } from './generated/events.ts';

/** Fields of the envelope, and fields of the detail, that differ from the default. */
export type Overrides<Detail> = Partial<Omit<EventBridgeEvent<string, Detail>, 'detail-type' | 'detail'>> & {
  detail?: Partial<Detail>;
};

/** An event with the given detail, as EventBridge would deliver it. */
export function makeEvent<DetailType extends string, Detail>(
  detailType: DetailType,
  example: Detail,
  { detail, ...envelope }: Overrides<Detail>,
): EventBridgeEvent<DetailType, Detail> {
  return {
    version: '0',
    id: crypto.randomUUID(),
    'detail-type': detailType,
    source,
    account: '123456789012',
    time: '2026-01-01T00:00:00Z',
    region: 'eu-west-1',
    resources: [],
    ...envelope,
    detail: { ...example, ...detail },
  };
}
