import type { EventBridgeEvent } from './event.ts';
import { source } from './generated/events.ts';
import { uuidFrom } from './uuid-from.ts';

/** Fields of the envelope, and fields of the detail, that differ from the default, and where ids come from. */
export type Overrides<Detail> = Partial<Omit<EventBridgeEvent<string, Detail>, 'detail-type' | 'detail'>> & {
  detail?: Partial<Detail>;
  /**
   * A whole number. Events of one seed have the same ids each time, and different events of one seed belong to the same
   * order. Without it, every event has ids of its own.
   */
  seed?: number;
};

/**
 * An event with the given detail, as EventBridge would deliver it.
 *
 * @param ids the UUIDs in the example that are ids. Each becomes another, the same wherever it is in the detail.
 */
export function makeEvent<DetailType extends string, Detail>(
  detailType: DetailType,
  example: Detail,
  ids: readonly string[],
  { detail, seed = randomSeed(), ...envelope }: Overrides<Detail>,
): EventBridgeEvent<DetailType, Detail> {
  const text = ids.reduce(
    (json, id) => json.replaceAll(id, uuidFrom(`${seed} ${id}`)),
    JSON.stringify(example),
  );
  return {
    version: '0',
    id: uuidFrom(`${seed} ${detailType}`),
    'detail-type': detailType,
    source,
    account: '123456789012',
    time: '2026-01-01T00:00:00Z',
    region: 'eu-west-1',
    resources: [],
    ...envelope,
    detail: { ...(JSON.parse(text) as Detail), ...detail },
  };
}

const randomSeed = () => Math.random();
