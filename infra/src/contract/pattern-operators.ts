import { isIP, isIPv4 } from 'node:net';
import type { Keywords } from '@orders/schema-compatibility';
import { Token } from 'cdktf';

/** What an alternative of a pattern takes at its field. */
export type Wanted =
  /** The scalars that this JSON Schema accepts. `excluded`: those that an `anything-but` names, one by one. */
  | { schema: Keywords; excluded?: Keywords[] }
  /** No scalar at all. */
  | 'absent';

/** Any scalar; a value that only Terraform knows may be any, too. */
export const anything: Keywords = {};

/** What isn't decided: a reference that leads nowhere. */
export const undecidable: Keywords = { $ref: '#/undecidable' };

/**
 * Reads an alternative of a field: a plain value, or one of EventBridge's operators.
 *
 * @returns undefined for what EventBridge refuses
 */
export function readAlternative(alternative: unknown): Wanted | undefined {
  if (holdsToken(alternative)) return { schema: anything };
  if (!isObject(alternative)) return isScalar(alternative) ? { schema: value(alternative) } : undefined;
  const [name, operand] = onlyEntry(alternative) ?? [];
  if (name === 'exists' && typeof operand === 'boolean') return operand ? { schema: anything } : 'absent';
  if (name === 'anything-but') {
    const excluded = readExcluded(operand);
    return excluded && { schema: { not: { anyOf: excluded } }, excluded };
  }
  const schema =
    name !== undefined && Object.hasOwn(operators, name) ? operators[name]?.(operand) : undefined;
  return schema && { schema };
}

/** The operators that `anything-but` takes. */
const excludable: ReadonlySet<string> = new Set(['equals-ignore-case', 'prefix', 'suffix', 'wildcard']);

/** What `anything-but` names: texts, or numbers, or texts by one operator: `{ prefix: ['a', 'b'] }` is both of these. */
function readExcluded(operand: unknown): Keywords[] | undefined {
  if (!isObject(operand)) {
    const values = [operand].flat();
    const isOf = (type: string) => values.length > 0 && values.every((each) => typeof each === type);
    return isOf('string') || isOf('number') ? values.map((each) => ({ const: each })) : undefined;
  }
  const [name = '', texts] = onlyEntry(operand) ?? [];
  const named = [texts].flat().map((text) => {
    if (typeof text !== 'string' || (text === '' && /fix$/.test(name))) return undefined;
    return excludable.has(name) ? operators[name]?.(text) : undefined;
  });
  const excluded = named.filter((each) => each !== undefined);
  return excluded.length > 0 && excluded.length === named.length ? excluded : undefined;
}

/** Each makes of its operand the JSON Schema of what it takes, or undefined of one that EventBridge refuses. */
const operators: Record<string, (operand: unknown) => Keywords | undefined> = {
  exactly: (text) => (typeof text === 'string' ? value(text) : undefined),
  'equals-ignore-case': (text) => ifText(text, ignoringCase),
  prefix: (text) => affix(text, (source) => `${source}${anyText}`),
  suffix: (text) => affix(text, (source) => `${anyText}${source}`),
  wildcard,
  numeric: readRange,
  cidr: readNetwork,
};

// Texts.

/** Any text, as part of a regular expression. */
const anyText = '[^]*';
/** A text as a regular expression that matches it. */
const literal = (text: string) => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');

const ifText = (operand: unknown, toSource: (text: string) => string): Keywords | undefined =>
  typeof operand === 'string' ? matching(toSource(operand)) : undefined;
const matching = (source: string): Keywords => ({ type: 'string', pattern: `^(?:${source})$` });

function affix(operand: unknown, toSource: (source: string) => string): Keywords | undefined {
  const ignored = isObject(operand) ? operand['equals-ignore-case'] : undefined;
  return ignored === undefined
    ? ifText(operand, (text) => toSource(literal(text)))
    : ifText(ignored, (text) => toSource(ignoringCase(text)));
}

/** As event-ruler does it: each UTF-16 unit stands for its lower-case or its upper-case form. */
const ignoringCase = (text: string): string =>
  [...text]
    .map((character) => {
      if (character.length > 1) return character;
      return `(?:${literal(character.toLowerCase())}|${literal(character.toUpperCase())})`;
    })
    .join('');

/** `*` is any text, unless it stands after a backslash, which stands before nothing but it and another backslash. */
function wildcard(text: unknown): Keywords | undefined {
  if (typeof text !== 'string' || !/^(?:[^\\*]|\\[*\\]|\*(?!\*))*$/u.test(text)) return undefined;
  return matching(
    text.replace(/\\([*\\])|\*|./gsu, (part, escaped?: string) =>
      part === '*' ? anyText : literal(escaped ?? part),
    ),
  );
}

// Numbers.

/** The terms of a `numeric`: one bound, or a lower and an upper one; `n` stands for a number. */
const rangeForm = /^(?:=|<=?|>=?) n$|^>=? n <=? n$/;
/** The numbers that EventBridge compares go from this, negated, to this. */
const largest = 5e9;

function readRange(terms: unknown): Keywords | undefined {
  if (!Array.isArray(terms)) return undefined;
  const bounds = terms.filter((term) => typeof term === 'number');
  const form = terms.map((term) => (typeof term === 'number' ? 'n' : `${term}`)).join(' ');
  const [low = Number.NEGATIVE_INFINITY, high = Number.POSITIVE_INFINITY] = bounds;
  if (!rangeForm.test(form) || low >= high || bounds.some((bound) => Math.abs(bound) > largest))
    return undefined;
  const schema: Keywords = { type: 'number' };
  for (const [index, bound] of bounds.entries()) schema[comparisons[terms[2 * index]] as string] = bound;
  return schema;
}

const comparisons: Record<string, string> = {
  '=': 'const',
  '<': 'exclusiveMaximum',
  '<=': 'maximum',
  '>': 'exclusiveMinimum',
  '>=': 'minimum',
};

// Addresses: EventBridge compares them as such, however they are written.

const value = (wanted: unknown): Keywords =>
  typeof wanted === 'string' && isIP(wanted) > 0
    ? network(wanted, isIPv4(wanted) ? 32 : 128)
    : { const: wanted };

/** A whole address is refused by EventBridge: the address itself, as a plain value, does that. */
function readNetwork(text: unknown): Keywords | undefined {
  const [, base = '', bits = ''] = /^([^/]*)\/([0-9]{1,3})$/.exec(`${text}`) ?? [];
  const isNetwork = isIP(base) > 0 && Number(bits) < (isIPv4(base) ? 32 : 128);
  return isNetwork ? network(base, Number(bits)) : undefined;
}

/** Of IPv6 only the address that a network is named by is decided, and of IPv4 all that is written with dots. */
function network(base: string, bits: number): Keywords {
  const known = isIPv4(base) ? matching(dotted(base, bits)) : { const: base };
  return { anyOf: [known, { ...matching('[0-9A-Fa-f]*:[0-9A-Fa-f]*:[0-9A-Fa-f:]*'), ...undecidable }] };
}

function dotted(base: string, bits: number): string {
  const numbers = base.split('.').map((number, index) => {
    const free = 2 ** Math.min(8, Math.max(0, 8 * (index + 1) - bits));
    const first = Number(number) - (Number(number) % free);
    const each = Array.from({ length: free }, (_, more) => `${first + more}`);
    return `(?:${each.map((one) => `0{0,${3 - one.length}}${one}`).join('|')})`;
  });
  return numbers.join('\\.');
}

const isObject = (value: unknown): value is Keywords =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isScalar = (value: unknown) => value === null || ['string', 'number', 'boolean'].includes(typeof value);

function onlyEntry(object: Keywords): [string, unknown] | undefined {
  const [entry, ...others] = Object.entries(object);
  return others.length === 0 ? entry : undefined;
}

/** Is a part of it known to Terraform alone, a reference such as `${data.aws_caller_identity.me.account_id}`? */
function holdsToken(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.values(value).some(holdsToken);
  return Token.isUnresolved(value) || (typeof value === 'string' && value.includes('${'));
}
