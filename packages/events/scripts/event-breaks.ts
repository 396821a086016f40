import { isDeepStrictEqual } from 'node:util';
import type { ContractEvent, JsonSchema } from '@orders/contract';
import { type Break, compareSchemas, type Mode, modes } from '@orders/schema-compatibility';

/** A schema of an event at some time. */
export interface Version {
  /** What messages call it: `0.1.0`, or `today's schema`. */
  name: string;
  /** Its file in messages. */
  file: string;
  schema: JsonSchema;
}

/** A break between two versions of an event, and what it is in a sentence. */
export type EventBreak = Partial<Break> & { text: string };

/**
 * The mode that a schema declares; `FULL` if it declares none.
 *
 * @throws an Error that names the file, for a mode that there isn't
 */
export function modeOf({ file, schema }: Version): Mode {
  const { 'x-compatibility': declared = 'FULL' } = schema;
  const mode = modes.find((one) => one === declared);
  if (mode) return mode;
  throw new Error(
    `${file}: x-compatibility is ${JSON.stringify(declared)}; allowed are ${modes.join(', ')} (FULL if absent)`,
  );
}

/** A promise made with a version holds for it, whatever the later schema promises. */
export const modeBetween = (was: Version, is: Version): Mode =>
  modeOf(was) === modeOf(is) ? modeOf(is) : 'FULL';

/** Finds every break between two versions of an event. An unchanged schema needs no search. */
export function breaksBetween(
  detailType: ContractEvent['detailType'],
  was: Version,
  is: Version,
): EventBreak[] {
  if (isDeepStrictEqual(was.schema, is.schema)) return [];
  const found = compareSchemas(was.schema, is.schema, modeBetween(was, is));
  return [
    ...renamesOf(was, is).map((text) => ({ text })),
    ...found.map((one) => ({ ...one, text: describeBreak(`${detailType} ${was.name}`, one, was, is) })),
  ];
}

/** Rules select an event by its source and detail-type, so a change of either makes another event. */
const renamesOf = (was: Version, is: Version): string[] =>
  ['x-amazon-events-source', 'x-amazon-events-detail-type'].flatMap((key) => {
    const [before, after] = [was, is].map(({ schema }) => JSON.stringify(schema[key]));
    return before === after
      ? []
      : [`${is.file}: ${key} is ${after}, and was released as ${before} in ${was.file}`];
  });

function describeBreak(
  name: string,
  { direction, path, keyword, example }: Break,
  was: Version,
  is: Version,
): string {
  const [writer, reader] = direction === 'BACKWARD' ? [was.name, is.name] : [is.name, was.name];
  if (!example) {
    return (
      `${name}: ${path} may break ${direction}: whether ${reader} accepts everything that ${writer} writes is ` +
      `undecided at "${keyword}", and that counts as a break.`
    );
  }
  return (
    `${name}: ${path} breaks ${direction} (${keyword}): ${writer} accepts this event and ${reader} refuses it: ` +
    `${JSON.stringify(example.document)}`
  );
}
