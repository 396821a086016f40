import { isObject, type JsonValue } from '../../json.ts';
import { invalidFilterPattern, type LineMatcher, readRegex } from './filter-parts.ts';

/** Whether a value of JSON fulfils a condition. */
type Condition = (value: JsonValue) => boolean;

/** How deep parentheses may be nested. */
const maxDepth = 20;

const token =
  /\s*(?:(\(|\)|&&|\|\||!=|<=|>=|=|<|>)|(\$(?:\.[\w-]+|\[\d+\]|\['[^']*'\])+)|"((?:[^"\\]|\\.)*)"|%([^%]*)%|([^\s()&|=<>!"%]+))/y;

type Token =
  | { kind: 'operator'; text: string }
  | { kind: 'selector'; text: string }
  | { kind: 'phrase'; text: string }
  | { kind: 'regex'; text: string }
  | { kind: 'word'; text: string };

/**
 * Reads a condition on lines of JSON: `{ $.level = "ERROR" && ($.ms > 100 || $.code NOT EXISTS) }`.
 *
 * @throws {AwsError} for what isn't such a condition
 */
export function parseJsonFilter(pattern: string): LineMatcher {
  if (!pattern.endsWith('}')) throw invalidFilterPattern('it begins with {, and has to end with }');
  const tokens = tokenize(pattern.slice(1, -1).trim());
  const condition = parseAny(tokens, 0);
  const left = tokens[0];
  if (left) throw unexpected(left, 'the end');
  return (line) => {
    const value = parseLine(line);
    return value !== undefined && condition(value);
  };
}

function parseLine(line: string): JsonValue | undefined {
  try {
    const value = JSON.parse(line) as JsonValue;
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < text.length) {
    const at = token.lastIndex;
    const found = token.exec(text);
    if (!found)
      throw invalidFilterPattern(`nothing is known that looks like ${JSON.stringify(text.slice(at))}`);
    const [, operator, selector, phrase, regex, word] = found;
    if (operator !== undefined) tokens.push({ kind: 'operator', text: operator });
    else if (selector !== undefined) tokens.push({ kind: 'selector', text: selector });
    else if (phrase !== undefined) tokens.push({ kind: 'phrase', text: phrase.replaceAll(/\\(.)/g, '$1') });
    else if (regex !== undefined) tokens.push({ kind: 'regex', text: regex });
    else tokens.push({ kind: 'word', text: word ?? '' });
  }
  return tokens;
}

const unexpected = (token: Token | undefined, wanted: string) =>
  invalidFilterPattern(`${token ? JSON.stringify(token.text) : 'its end'} is where ${wanted} has to be`);

const isOperator = (token: Token | undefined, text: string) =>
  token?.kind === 'operator' && token.text === text;

/** Takes the tokens that it reads away. */
function parseAny(tokens: Token[], depth: number): Condition {
  const conditions = [parseAll(tokens, depth)];
  while (isOperator(tokens[0], '||')) {
    tokens.shift();
    conditions.push(parseAll(tokens, depth));
  }
  return (value) => conditions.some((fulfils) => fulfils(value));
}

function parseAll(tokens: Token[], depth: number): Condition {
  const conditions = [parseOne(tokens, depth)];
  while (isOperator(tokens[0], '&&')) {
    tokens.shift();
    conditions.push(parseOne(tokens, depth));
  }
  return (value) => conditions.every((fulfils) => fulfils(value));
}

function parseOne(tokens: Token[], depth: number): Condition {
  const first = tokens.shift();
  if (isOperator(first, '(')) {
    if (depth === maxDepth) throw invalidFilterPattern(`parentheses may be ${maxDepth} deep`);
    const condition = parseAny(tokens, depth + 1);
    const end = tokens.shift();
    if (!isOperator(end, ')')) throw unexpected(end, 'a )');
    return condition;
  }
  if (first?.kind !== 'selector') throw unexpected(first, 'a field such as $.level');
  const read = readerOf(first.text);
  const next = tokens.shift();
  if (next?.kind === 'operator') {
    const compare = comparison(next, tokens.shift());
    return (value) => {
      const field = read(value);
      return field !== undefined && compare(field);
    };
  }
  const words = `${next?.text} ${tokens.shift()?.text}`;
  const test = tests[words];
  if (!test) throw unexpected(next, `a comparison or one of ${Object.keys(tests).join(', ')}`);
  return (value) => test(read(value));
}

const tests: Readonly<Record<string, (field: JsonValue | undefined) => boolean>> = {
  'IS TRUE': (field) => field === true,
  'IS FALSE': (field) => field === false,
  'IS NULL': (field) => field === null,
  'NOT EXISTS': (field) => field === undefined,
};

const numberText = /^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$/;

function comparison(operator: Token, operand: Token | undefined): (field: JsonValue) => boolean {
  const { text: name } = operator;
  if (operand === undefined || operand.kind === 'operator' || operand.kind === 'selector') {
    throw unexpected(operand, `a value to compare by ${name}`);
  }
  if (name === '=' || name === '!=') {
    const equals = equality(operand);
    return name === '=' ? equals : (field) => !equals(field);
  }
  if (operand.kind !== 'word' || !numberText.test(operand.text))
    throw unexpected(operand, `a number to compare by ${name}`);
  const bound = Number(operand.text);
  return (field) => typeof field === 'number' && ordered(name, field, bound);
}

function equality({ kind, text }: Token): (field: JsonValue) => boolean {
  if (kind === 'regex') {
    const expression = readRegex(text);
    return (field) => isScalar(field) && expression.test(String(field));
  }
  if (kind === 'word' && numberText.test(text)) {
    const number = Number(text);
    return (field) => field === number || field === text;
  }
  // `*` is any text, and `*` alone is any value at all.
  if (text === '*') return () => true;
  const parts = text.split('*').map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&'));
  const expression = new RegExp(`^${parts.join('.*')}$`, 's');
  return (field) => isScalar(field) && expression.test(String(field));
}

const isScalar = (field: JsonValue) => typeof field !== 'object' || field === null;

function ordered(operator: string, field: number, bound: number): boolean {
  switch (operator) {
    case '<':
      return field < bound;
    case '<=':
      return field <= bound;
    case '>':
      return field > bound;
    case '>=':
      return field >= bound;
    default:
      throw invalidFilterPattern(`${operator} doesn't compare`);
  }
}

/** Reads the field that a selector names, `$.detail.orders[0].id`; undefined where there is none. */
function readerOf(selector: string): (value: JsonValue) => JsonValue | undefined {
  const steps = [...selector.matchAll(/\.([\w-]+)|\[(\d+)\]|\['([^']*)'\]/g)].map(
    ([, name, index, quoted]) => (index === undefined ? (name ?? quoted ?? '') : Number(index)),
  );
  return (value) =>
    steps.reduce<JsonValue | undefined>((at, step) => {
      if (typeof step === 'number') return Array.isArray(at) ? at[step] : undefined;
      return isObject(at) && Object.hasOwn(at, step) ? at[step] : undefined;
    }, value);
}
