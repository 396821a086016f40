import { isDeepStrictEqual } from 'node:util';
import type { ContractEvent } from '@orders/contract';
import { eventSchema } from '@orders/contract/event-schemas';
import type { Pattern } from '@orders/event-pattern';
import { lostMatches } from '@orders/event-pattern/can-match';
import { compareSchemas } from '@orders/schema-compatibility';
import { type Command, UsageError } from './command.ts';
import { readFolder } from './contract.ts';
import { readChange } from './read-change.ts';
import { type Consumer, readUses } from './read-uses.ts';

/** A rule or a consumer that a change breaks. */
interface Broken {
  readonly kind: 'rule' | 'consumer';
  readonly name: string;
  /** Why, to follow the name. */
  readonly reason: string;
  /** An event that shows it; undefined if it is undecided whether there is one. */
  readonly example: unknown;
}

interface Rule {
  readonly name: string;
  readonly pattern: Pattern;
}

/** An event before and after the change. */
interface Change {
  readonly before: ContractEvent;
  /** Undefined: it isn't sent any more. */
  readonly after: ContractEvent | undefined;
}

/** `who-breaks <schema-change> <uses…>`: 0 if the change breaks nobody, 1 if it breaks somebody. */
export const whoBreaks: Command = {
  usage: 'who-breaks <schema-change> <uses…>',
  summary: 'Finds the rules and consumers that a change of a schema breaks, each with an event that shows it',
  help: `
  <schema-change>  the file of one event's schema as it will be, by its $id, or a folder with the schemas of all events
  <uses…>          files with rules, as check takes them, and files that declare what rules and consumers use:
                     {
                       "consumers": [{ "name": "billing", "event": "Order Placed", "fields": ["orderId", "value"] }],
                       "rules": [{ "name": "large", "pattern": { "detail": { "value": [{ "numeric": [">", 100] }] } } }]
                     }
                   A consumer without fields uses all of them. A field inside another is written with a dot.

A consumer breaks if a field that it uses may have a value, or be missing, as today's schema doesn't allow. A rule breaks
if it can no longer match, or if a field that it asks for may be missing. What is undecided counts as broken.`,
  options: {},
  async run([changed, ...files], _, context) {
    if (changed === undefined || files.length === 0) {
      throw new UsageError(
        'received too few files; allowed are a schema, and at least one file with rules or consumers',
      );
    }
    const today = readFolder(context.schemasDir);
    const changes = changesOf(today, readChange(changed, today));
    const { consumers, rules: declared } = await readUses(files, today, context);
    const rules = declared.map(({ name, parse }): Rule => ({ name, pattern: parse() }));
    if (consumers.length + rules.length === 0) {
      throw new UsageError(
        `${files.join(', ')}: received no rule of a bus other than the default one, and no consumer`,
      );
    }
    const broken = changes.flatMap((change) => [
      ...rules.flatMap((rule) => brokenRule(rule, change)),
      ...consumers.flatMap((consumer) => brokenConsumer(consumer, change)),
    ]);
    return {
      isFine: broken.length === 0,
      lines:
        broken.length === 0
          ? [
              `✓ nobody: ${count(rules.length, 'rule')} and ${count(consumers.length, 'consumer')} stay as they are`,
            ]
          : broken.flatMap(describe),
      data: { broken, rules: rules.length, consumers: consumers.length },
    };
  },
};

const count = (number: number, unit: string) => `${number} ${unit}${number === 1 ? '' : 's'}`;

const describe = ({ kind, name, reason, example }: Broken): string[] => [
  `✗ the ${kind} ${name} ${reason}`,
  ...(example === undefined ? [] : [`    ${JSON.stringify(example)}`]),
];

/** The events that a change touches. */
const changesOf = (today: readonly ContractEvent[], changed: readonly ContractEvent[]): Change[] =>
  today
    .map((before) => ({ before, after: changed.find(({ id }) => id === before.id) }))
    .filter(({ before, after }) => !isDeepStrictEqual(before, after));

function brokenRule({ name, pattern }: Rule, { before, after }: Change): Broken[] {
  const lost = lostMatches(pattern, eventSchema(before), after && eventSchema(after));
  return lost.map(({ fault, isSent, example }) => ({
    kind: 'rule',
    name,
    reason:
      example === undefined
        ? fault
        : `${fault}. It ${isSent === 'before' ? 'matches today' : "won't match"}:`,
    example,
  }));
}

function brokenConsumer({ name, event, fields }: Consumer, { before, after }: Change): Broken[] {
  if (event.id !== before.id) return [];
  const broken = (reason: string, example: unknown): Broken[] => [
    { kind: 'consumer', name, reason, example },
  ];
  if (!after || after.detailType !== before.detailType || after.source !== before.source) {
    return broken(`gets no event ${before.detailType} any more, such as`, before.detail.examples?.[0]);
  }
  return compareSchemas(before.detail, after.detail, 'FORWARD')
    .filter(({ path }) => fields === undefined || fields.some((field) => overlap(field, namesIn(path))))
    .flatMap(({ path, keyword, example }) => {
      const what =
        keyword === 'required' ? `without ${path}` : `with a ${path} that it doesn't know (${keyword})`;
      return example
        ? broken(`gets events ${before.detailType} ${what}:`, example.document)
        : broken(`may get events ${before.detailType} ${what}, which is undecided`, undefined);
    });
}

/** The names in a JSON path, joined by dots: `$.lines[0]["unit price"]` is `lines.unit price`. */
const namesIn = (path: string): string =>
  [...path.matchAll(/\.([A-Za-z_$][\w$]*)|\["((?:\\.|[^"\\])*)"\]/g)]
    .map(([, plain, quoted]) => plain ?? (JSON.parse(`"${quoted}"`) as string))
    .join('.');

/** Whether one field is the other, or inside of it. The whole detail has the empty path. */
const overlap = (field: string, other: string): boolean =>
  field === other || other === '' || field.startsWith(`${other}.`) || other.startsWith(`${field}.`);
