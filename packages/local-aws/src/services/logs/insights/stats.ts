import type { JsonValue } from '../../../json.ts';
import { compare, type Expression, type Row, readExpression } from './expression.ts';
import { malformedQuery, type TokenReader } from './tokens.ts';

/** A column of `stats`: one value of many rows. */
interface Aggregate {
  name: string;
  of(rows: readonly Row[]): JsonValue | undefined;
}

type Values = readonly JsonValue[];
const numbers = (values: Values) => values.map(Number).filter((value) => !Number.isNaN(value));
const sum = (values: Values) => numbers(values).reduce((total, value) => total + value, 0);

/** What the functions make of the values that are there, the oldest first. */
const functions: Readonly<Record<string, (values: Values, argument: number) => JsonValue | undefined>> = {
  avg: (values) => (values.length === 0 ? undefined : sum(values) / values.length),
  count: (values) => values.length,
  earliest: (values) => values[0],
  latest: (values) => values.at(-1),
  max: (values) => values.toSorted(compare).at(-1),
  min: (values) => values.toSorted(compare)[0],
  pct(values, percent) {
    const sorted = numbers(values).sort((a, b) => a - b);
    return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)];
  },
  sum,
};

/**
 * Reads `count(*) as requests, max(ms) by path, bin(5m)`.
 *
 * @returns makes the rows of rows, and names their columns
 */
export function readStats(tokens: TokenReader): {
  columns: string[];
  run: (rows: readonly Row[]) => Row[];
} {
  const aggregates = tokens.list(() => readAggregate(tokens));
  const keys = tokens.takes('by') ? tokens.list(() => named(tokens, readExpression(tokens))) : [];
  return {
    columns: [...keys.map(({ text }) => text), ...aggregates.map(({ name }) => name)],
    run(rows) {
      const groups = new Map<string, { values: (JsonValue | undefined)[]; rows: Row[] }>();
      for (const row of rows) {
        const values = keys.map(({ value }) => value(row));
        const id = JSON.stringify(values);
        const group = groups.get(id) ?? { values, rows: [] };
        groups.set(id, group);
        group.rows.push(row);
      }
      return [...groups.values()].map((group) => {
        const made = new Map<string, JsonValue | undefined>();
        for (const [index, { text }] of keys.entries()) made.set(text, group.values[index]);
        for (const { name, of } of aggregates) made.set(name, of(group.rows));
        return (field: string) => made.get(field);
      });
    },
  };
}

function readAggregate(tokens: TokenReader): Aggregate {
  const { text: name } = tokens.take();
  const make = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (!make)
    throw malformedQuery(`stats has no function ${name} here; it has ${Object.keys(functions).join(', ')}`);
  tokens.expect('(');
  const isAll = tokens.takes('*');
  const given = isAll ? { text: '*', value: () => 1 } : readExpression(tokens);
  // Of a time, it makes milliseconds since 1970.
  const expression = given.text === '@timestamp' ? { ...given, value: (row: Row) => row('@time') } : given;
  const argument = tokens.takes(',') ? Number(tokens.take().text) : Number.NaN;
  if ((name === 'pct') !== !Number.isNaN(argument))
    throw malformedQuery(`${name} takes other arguments: pct(field, 95)`);
  tokens.expect(')');
  const text = `${name}(${expression.text}${name === 'pct' ? `, ${argument}` : ''})`;
  return {
    name: named(tokens, { text, value: expression.value }).text,
    of: (rows) => {
      const values = rows.map(expression.value).filter((value) => value !== undefined && value !== null);
      return make(values as JsonValue[], argument);
    },
  };
}

/** The same under another name, by `as`. */
const named = (tokens: TokenReader, { text, value }: Expression): Expression => ({
  text: tokens.takes('as') ? tokens.take().text : text,
  value,
});
