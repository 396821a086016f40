import { setImmediate } from 'node:timers/promises';
import { compilePattern, parsePattern } from '@orders/event-pattern';
import type { Context } from '../../context.ts';
import { type JsonObject, jsonLength } from '../../json.ts';
import { type Plan, text } from '../../plan/read-plan.ts';
import { UnsupportedError } from '../../plan/unsupported-error.ts';
import { SizedCollection } from '../../state/sized-collection.ts';
import type { Collection } from '../../state/state.ts';
import type { BusEvent } from '../../target.ts';
import { type Bus, findBus, type Publish } from './bus.ts';

/** An archive of the stack, with what it has kept. */
export interface Archive {
  name: string;
  arn: string;
  bus: Bus;
  /** Days; 0 for ever. */
  retentionDays: number;
  matches: (event: JsonObject) => boolean;
  /** By the event's id, the oldest first. */
  events: SizedCollection<KeptEvent>;
}

interface KeptEvent {
  event: BusEvent;
  /** Milliseconds since 1970. */
  keptAt: number;
}

/** A replay of an archive. Times are milliseconds since 1970. */
export interface Replay {
  name: string;
  archiveArn: string;
  description: string | undefined;
  from: number;
  to: number;
  only: string[] | undefined;
  startedAt: number;
  endedAt?: number;
  /** The time of the last event that was replayed. */
  lastEventAt?: number;
  /** The id of that event. */
  lastEventId?: string;
  state: 'STARTING' | 'RUNNING' | 'CANCELLED' | 'COMPLETED';
}

export interface Archives {
  list: readonly Archive[];
  replays: Collection<Replay>;
  /** Keeps an event that was published. One that is replayed isn't kept again. */
  keep(bus: Bus, event: BusEvent): void;
  start(replay: Replay): void;
  /** Goes on with the replays that ran before the wiring. */
  resume(): void;
  close(): void;
}

/** How many events an archive keeps, and of how many characters of JSON. The oldest go first, where AWS keeps all of them. */
const maxEvents = 100_000;
const maxLength = 128 * 1024 * 1024;
const dayMs = 24 * 60 * 60 * 1_000;
/** The field by which EventBridge marks an event that is replayed. */
const replayMark = 'replay-name';

/** The archives of the stack, and their replays. */
export function createArchives(
  plan: Plan,
  buses: readonly Bus[],
  publish: Publish,
  { state, clock, trace }: Context,
): Archives {
  const list = plan.resources('aws_cloudwatch_event_archive').map((archive): Archive => {
    const name = text(archive, 'name');
    const bus = findBus(buses, text(archive, 'event_source_arn'));
    if (!bus) throw new UnsupportedError(`${archive.address}: its bus isn't in the stack`);
    const { event_pattern: pattern, retention_days: days } = archive.attributes;
    return {
      name,
      arn: text(archive, 'arn'),
      bus,
      retentionDays: typeof days === 'number' ? days : 0,
      matches: typeof pattern === 'string' ? compilePattern(parsePattern(pattern)) : () => true,
      events: new SizedCollection(state.collection<KeptEvent>(`events of the archive ${name}`), ({ event }) =>
        jsonLength(event),
      ),
    };
  });
  const replays = state.collection<Replay>('replays');
  let closed = false;

  const run = async (replay: Replay, { bus, events }: Archive) => {
    let current: Replay = { ...replay, state: 'RUNNING' };
    replays.set(current.name, current);
    for (const { event } of eventsAfter(current.lastEventId, events)) {
      const at = Date.parse(event.time);
      if (at < current.from || at >= current.to) continue;
      // Between two events others have their turn, and a replay can be cancelled.
      await setImmediate();
      if (closed || replays.get(current.name)?.state !== 'RUNNING') return;
      publish(bus, { ...event, [replayMark]: current.name } as BusEvent, trace.newFlow(), {
        only: current.only,
      });
      current = { ...current, lastEventAt: at, lastEventId: event.id };
      replays.set(current.name, current);
    }
    replays.set(current.name, { ...current, state: 'COMPLETED', endedAt: clock.now() });
  };

  const start = (replay: Replay) => {
    replays.set(replay.name, replay);
    const archive = list.find(({ arn }) => arn === replay.archiveArn);
    if (archive) void run(replay, archive);
  };

  return {
    list,
    replays,
    keep(bus, event) {
      if (replayMark in event) return;
      const now = clock.now();
      for (const archive of list) {
        if (archive.bus !== bus || !archive.matches(event as unknown as JsonObject)) continue;
        archive.events.set(event.id, { event, keptAt: now });
        forgetOld(archive, now);
      }
    },
    start,
    resume() {
      for (const replay of [...replays.values()])
        if (replay.state === 'STARTING' || replay.state === 'RUNNING') start(replay);
    },
    close() {
      closed = true;
    },
  };
}

/** The events after one that was replayed; all of them if that is none, or isn't kept any more. */
function eventsAfter(id: string | undefined, events: Archive['events']): KeptEvent[] {
  const kept = [...events.values()];
  return kept.slice(kept.findIndex(({ event }) => event.id === id) + 1);
}

function forgetOld({ events, retentionDays }: Archive, now: number): void {
  for (const { event, keptAt } of events.values()) {
    const expired = retentionDays > 0 && now - keptAt > retentionDays * dayMs;
    if (!expired && events.size <= maxEvents && events.bytes <= maxLength) return;
    events.delete(event.id);
  }
}
