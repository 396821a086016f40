import type { ContractEvent } from '@orders/contract';
import { toEventSchema } from '../scripts/schemas.ts';
import type { EventBridgeEvent } from '../src/event.ts';
import * as testing from '../src/testing.ts';
import { boundaryDetails } from './boundary.ts';
import { type Command, takeExactly, UsageError, type Values } from './command.ts';
import { findEvent, readFolder } from './contract.ts';
import { fuzzDetails } from './fuzz.ts';
import { invalidDetails } from './invalid.ts';

/** An event, and what is special about it. */
interface Made {
  readonly name: string;
  readonly event: EventBridgeEvent<string, unknown>;
}

/** PutEvents takes this many entries. */
const maxEntries = 10;

/** `make <event>`: events for tests, as `@orders/events/testing` makes them. */
export const make: Command = {
  usage: 'make <event> [--boundary | --invalid <field> | --fuzz <count>] [--seed <n>] [--entries <bus>]',
  summary: 'Prints a valid event, or others, as JSON lines or as entries for PutEvents',
  help: `
  <event>            its detail-type, or the name of its schema: "Order Placed", or order-placed
  --boundary         events with each limit of each field reached, and without each field that may be missing
  --invalid <field>  the contract's invalid events whose only fault is in this field
  --fuzz <count>     random valid events, up to 10000
  --seed <n>         a whole number: the same ids and random events for the same seed. Without it, others each time
  --entries <bus>    prints entries for this bus, ten a line, for aws events put-events --entries`,
  options: {
    boundary: { type: 'boolean' },
    invalid: { type: 'string' },
    fuzz: { type: 'string' },
    seed: { type: 'string' },
    entries: { type: 'string' },
  },
  async run(args, values, { schemasDir }) {
    const [named = ''] = takeExactly(['<event>'], args);
    const event = findEvent(readFolder(schemasDir), named);
    const seed = readNumber('--seed', values.seed, Number.MAX_SAFE_INTEGER) ?? randomSeed();
    const made = detailsFor(event, values, seed).map(
      ([name, detail], index): Made => ({ name, event: eventWith(event, detail, seed + index) }),
    );
    const { entries: bus } = values;
    return {
      isFine: true,
      lines: typeof bus === 'string' ? entryLines(made, bus) : made.map(({ event }) => JSON.stringify(event)),
      data: typeof bus === 'string' ? made.map((each) => entryOf(each, bus)) : made,
    };
  },
};

/** The details to make; undefined for the example. */
function detailsFor(event: ContractEvent, values: Values, seed: number): (readonly [string, unknown])[] {
  const { boundary, invalid, fuzz } = values;
  const kinds = Object.entries({ boundary, invalid, fuzz }).filter(([, value]) => value !== undefined);
  if (kinds.length > 1) {
    const received = kinds.map(([name]) => `--${name}`).join(' and ');
    throw new UsageError(`received ${received}; allowed is one of them`);
  }
  if (boundary) return boundaryDetails(event, (index) => eventWith(event, undefined, seed + index).detail);
  if (typeof invalid === 'string') return invalidDetails(event, invalid);
  const count = readNumber('--fuzz', fuzz, 10_000);
  return count === undefined ? [['example', undefined]] : fuzzDetails(event, count, seed);
}

function readNumber(option: string, text: unknown, most: number): number | undefined {
  if (text === undefined) return undefined;
  const number = typeof text === 'string' && /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (number <= most) return number;
  throw new UsageError(`${option} is ${JSON.stringify(text)}; allowed is a whole number from 0 to ${most}`);
}

const randomSeed = () => Math.floor(Math.random() * 2 ** 32);

type Factory = (overrides: { seed: number }) => EventBridgeEvent<string, unknown>;

/** The event as the package's factory makes it, with the detail instead of the example. */
function eventWith(of: ContractEvent, detail: unknown, seed: number): EventBridgeEvent<string, unknown> {
  const factory = (testing as unknown as Record<string, Factory>)[
    `make${toEventSchema(of).typeName}`
  ] as Factory;
  const event = factory({ seed });
  return detail === undefined ? event : { ...event, detail };
}

const entryOf = ({ event }: Made, bus: string) => ({
  Source: event.source,
  DetailType: event['detail-type'],
  Detail: JSON.stringify(event.detail),
  EventBusName: bus,
});

function entryLines(made: readonly Made[], bus: string): string[] {
  const lines: string[] = [];
  for (let at = 0; at < made.length; at += maxEntries) {
    lines.push(JSON.stringify(made.slice(at, at + maxEntries).map((each) => entryOf(each, bus))));
  }
  return lines;
}
