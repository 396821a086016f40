import type { Clock } from '../../clock.ts';
import type { Ids } from '../../ids.ts';
import { fromOldest } from '../../state/from-oldest.ts';
import { SizedCollection } from '../../state/sized-collection.ts';
import type { Collection } from '../../state/state.ts';

/** A line of a log, as CloudWatch Logs has it. */
export interface LogEvent {
  readonly eventId: string;
  readonly logStreamName: string;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly message: string;
}

export interface LogGroupConfig {
  readonly name: string;
  readonly arn: string;
  /** Left out, lines are kept for good. */
  readonly retentionInDays?: number;
}

export interface LogGroupParts {
  /** By the id of the event, the oldest first. */
  events: Collection<LogEvent>;
  /** Since when there is a group, in milliseconds since 1970, by its name. */
  createdAt: Collection<number>;
  clock: Clock;
  ids: Ids;
}

/** How many lines a group keeps, and of how many bytes. The oldest go first. */
const maxEvents = 100_000;
const maxBytes = 64 * 1024 * 1024;
/** The longest line that CloudWatch Logs takes. A longer one becomes several. */
const maxMessageBytes = 1024 * 1024;
/** What CloudWatch Logs counts for a line beside its text. */
const eventOverheadBytes = 26;
const dayMs = 24 * 60 * 60 * 1_000;

export const eventSize = ({ message }: Pick<LogEvent, 'message'>): number =>
  Buffer.byteLength(message) + eventOverheadBytes;

/** A log group, its lines in the order in which they came. */
export class LogGroup {
  readonly config: LogGroupConfig;
  readonly createdAt: number;
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #events: SizedCollection<LogEvent>;
  /** The oldest line, once it is known. */
  #first: LogEvent | undefined;
  readonly #next: () => LogEvent | undefined;

  constructor(config: LogGroupConfig, { events, createdAt, clock, ids }: LogGroupParts) {
    this.config = config;
    this.#clock = clock;
    this.#ids = ids;
    this.#events = new SizedCollection(events, eventSize);
    this.#next = fromOldest(() => this.#events.values());
    this.createdAt = createdAt.get(config.name) ?? clock.now();
    createdAt.set(config.name, this.createdAt);
  }

  append(logStreamName: string, line: string): void {
    for (const message of split(line)) {
      const event = { eventId: this.#ids.uuid(), logStreamName, timestamp: this.#clock.now(), message };
      this.#events.set(event.eventId, event);
    }
    this.#dropOldest();
  }

  /** The lines that are kept. Those that are older than the retention are gone by then. */
  events(): Iterable<LogEvent> {
    this.#dropOldest();
    return this.#events.values();
  }

  /** Lines come in the order of their time, so that the first to keep ends it. */
  #dropOldest(): void {
    const { retentionInDays = Number.POSITIVE_INFINITY } = this.config;
    const oldest = this.#clock.now() - retentionInDays * dayMs;
    this.#first ??= this.#next();
    while (this.#first) {
      const isWithin = this.#events.size <= maxEvents && this.#events.bytes <= maxBytes;
      if (isWithin && this.#first.timestamp > oldest) break;
      this.#events.delete(this.#first.eventId);
      this.#first = this.#next();
    }
  }
}

/** A line in pieces that CloudWatch Logs takes, cut between characters. */
function* split(line: string): Iterable<string> {
  if (line.length <= maxMessageBytes / 4 || Buffer.byteLength(line) <= maxMessageBytes) return yield line;
  const bytes = Buffer.from(line);
  let from = 0;
  while (from < bytes.length) {
    let to = Math.min(from + maxMessageBytes, bytes.length);
    // A byte 10xxxxxx goes on with a character.
    while (to < bytes.length && ((bytes[to] ?? 0) & 0xc0) === 0x80) to -= 1;
    yield bytes.toString('utf8', from, to);
    from = to;
  }
}
