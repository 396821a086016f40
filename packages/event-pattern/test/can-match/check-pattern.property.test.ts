import { describe, expect, test } from '@jest/globals';
import type { Keywords } from '@orders/schema-compatibility';
import { Ajv } from 'ajv';
import type { EventSchema } from '../../src/can-match/index.ts';
import { runs } from '../runs.ts';
import { eventOf, faults, ofEvent, shop, source } from './events.ts';

// No false alarm: a pattern of a document's own values matches the document.

/** A random number from 0 to below 1, the same in every run (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const inline: Keywords = {
  type: 'object',
  required: ['state', 'tags', 'shipment'],
  properties: {
    state: { enum: ['new', 'old', 3, null, true] },
    note: { type: ['string', 'null'], minLength: 2, maxLength: 6 },
    count: { type: 'integer', exclusiveMinimum: 0, maximum: 9 },
    ratio: { type: 'number', minimum: -1, exclusiveMaximum: 1 },
    code: { type: 'string', pattern: '^(a|b)+x|y[0-9]$' },
    tags: { type: 'array', items: { type: 'string', pattern: '[a-z]' } },
    shipment: {
      anyOf: [
        {
          type: 'object',
          required: ['by'],
          properties: { by: { const: 'air' }, flight: { $ref: '#/definitions/flight' } },
        },
        { type: 'object', properties: { by: { const: 'sea' }, 'ship.name': { type: 'string' } } },
      ],
    },
    lines: {
      type: 'array',
      items: { type: 'object', properties: { sku: { type: 'string' }, n: { type: 'integer' } } },
    },
  },
};
const definitions = {
  flight: { type: 'string', allOf: [{ pattern: '^[A-Z]{2}' }, { pattern: '[0-9]{1,4}$' }] },
};

type Document = { [field: string]: unknown };
type Random = ReturnType<typeof randomFrom>;

/** Documents, and far from all of them valid: Ajv says which. */
const candidates: Record<string, (random: Random) => Document> = (() => {
  const pick = <T>(random: Random, values: readonly T[]): T =>
    values[Math.floor(random() * values.length)] as T;
  const text = (random: Random, characters: string, length: number) =>
    Array.from({ length: 1 + Math.floor(random() * length) }, () => pick(random, [...characters])).join('');
  const item = (random: Random) => ({
    category: `${text(random, 'ab9', 5)}-${text(random, 'xyz', 3)}`,
    location: pick(random, [
      'eu-west',
      'us-east-1',
      'ap-south',
      'us-gov-west-1',
      `${text(random, 'abz', 4)}-west`,
    ]),
    value: pick(random, [1, 0.01, 19.99, 5e9, Math.ceil(random() * 1e6) / 100]),
  });
  const id = (random: Random) =>
    [8, 4, 4, 4, 12].map((length) => text(random, '0123456789abcdef', 1).repeat(length)).join('-');
  const some = (random: Random, document: Document) =>
    Object.fromEntries(Object.entries(document).filter(() => random() < 0.85));
  return {
    'Item Added': (random) => ({ itemId: id(random), ...item(random) }),
    'Cart Closed': (random) => some(random, { CartId: id(random), Details: item(random) }),
    Inline: (random) =>
      some(random, {
        state: pick(random, ['new', 'old', 3, null, true]),
        note: pick(random, [null, text(random, 'aÄß😀İ.*\\', 6)]),
        count: Math.floor(random() * 11),
        ratio: Math.round(random() * 4000 - 2000) / 1000,
        code: pick(random, [
          text(random, 'abxy1', 5),
          `ax${text(random, 'ab?', 3)}`,
          `${text(random, 'ab?', 3)}y5`,
        ]),
        tags: Array.from({ length: Math.floor(random() * 3) }, () => text(random, 'aB-', 4)),
        shipment: pick<Document>(random, [
          { by: 'air', flight: `${text(random, 'ABC', 3)}${text(random, '0123', 5)}` },
          { by: 'sea', 'ship.name': text(random, 'ab', 4) },
          {},
        ]),
        lines: Array.from({ length: Math.floor(random() * 3) }, () =>
          some(random, { sku: text(random, 'ab', 3), n: Math.floor(random() * 9) }),
        ),
      }),
  };
})();

/** The scalars of a document, each with the names that lead to it. */
function scalars(value: unknown, path: readonly string[] = []): [path: readonly string[], value: unknown][] {
  if (Array.isArray(value)) return value.flatMap((item) => scalars(item, path));
  if (typeof value !== 'object' || value === null) return [[path, value]];
  return Object.entries(value).flatMap(([name, inner]) => scalars(inner, [...path, name]));
}

/** An alternative that matches a value; `other` is one that the same field has in another document. */
function alternativeFor(value: unknown, other: unknown, random: Random): unknown {
  const choices: unknown[] = [value, { exists: true }];
  if (typeof value === 'string') {
    const units = [...value];
    const [from, to] = [Math.floor(random() * units.length), Math.floor(random() * units.length)].sort(
      (a, b) => a - b,
    );
    const [head, tail] = [units.slice(0, from).join(''), units.slice(to).join('')];
    const escaped = (text: string) => text.replace(/[*\\]/g, '\\$&');
    const upper = /^[\x20-\x7e]*$/.test(value) ? value.toUpperCase() : value;
    choices.push(
      { prefix: head },
      { suffix: tail },
      { wildcard: `${escaped(head)}*${escaped(tail)}` },
      { 'equals-ignore-case': upper },
      { prefix: { 'equals-ignore-case': upper.slice(0, 2) } },
      { suffix: { 'equals-ignore-case': upper.slice(-2) } },
    );
    if (typeof other === 'string' && other !== value) {
      choices.push(
        { 'anything-but': other },
        { 'anything-but': [other] },
        { 'anything-but': { wildcard: escaped(other) } },
      );
      if (!value.startsWith(other)) choices.push({ 'anything-but': { prefix: other } });
      if (!value.endsWith(other)) choices.push({ 'anything-but': { suffix: [other] } });
      if (value.toUpperCase() !== other.toUpperCase())
        choices.push({ 'anything-but': { 'equals-ignore-case': other } });
    }
  }
  if (typeof value === 'number') {
    choices.push({ numeric: ['=', value] }, { numeric: ['<=', value] }, { numeric: ['>=', value] });
    // EventBridge takes no bound above this one.
    const above = Math.min(value + 1, 5e9);
    choices.push(
      value < above ? { numeric: ['>=', value, '<', above] } : { numeric: ['>', value - 0.001, '<=', value] },
    );
    if (typeof other === 'number' && other !== value) choices.push({ 'anything-but': [other] });
  }
  return choices[Math.floor(random() * choices.length)];
}

/** A pattern over some of the fields of a document. */
function patternFor(document: Document, other: Document, random: Random): Document | undefined {
  const detail: Document = {};
  const others = scalars(other);
  for (const [path, value] of scalars(document)) {
    if (random() < 0.4) continue;
    const another = others.find(([otherPath]) => otherPath.join('.') === path.join('.'))?.[1];
    const key = path.join('.');
    detail[key] = [...((detail[key] as unknown[]) ?? []), alternativeFor(value, another, random)];
  }
  return Object.keys(detail).length > 0 ? detail : undefined;
}

describe.each(Object.entries(candidates))('on documents of %s', (name, candidate) => {
  const event =
    name === 'Inline' ? eventOf(source, name, inline, definitions) : shop.find((each) => each.name === name);
  const { properties } = (event as EventSchema).schema as { properties: { detail: Keywords } };
  const isValid = new Ajv({ strict: false }).compile({ ...properties.detail, definitions });

  test('no pattern of their own values is refused', () => {
    const random = randomFrom(7);
    const valid = () => {
      for (;;) {
        const document = candidate(random);
        if (isValid(document)) return document;
      }
    };
    const events = [...shop, eventOf(source, 'Inline', inline, definitions)];
    for (let run = 0; run < runs(15); run++) {
      const [document, other] = [valid(), valid()];
      const [one, two] = [patternFor(document, other, random), patternFor(other, document, random)];
      if (!one || !two) continue;
      const named = random() < 0.3 ? { source: [source] } : ofEvent(name);
      const pattern =
        random() < 0.3 ? { ...named, $or: [{ detail: one }, { detail: two }] } : { ...named, detail: one };
      expect([pattern, faults(pattern, events)]).toEqual([pattern, []]);
    }
  });
});
