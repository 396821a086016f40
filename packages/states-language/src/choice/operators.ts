import type { JsonValue } from '../json.ts';
import { parseTimestamp } from '../timestamp.ts';
import { matchesWildcards } from './wildcards.ts';

/** A comparison of a Choice rule. */
export interface Operator {
  /** What it is compared with; `...Path` reads that from the input. */
  readonly operand: 'string' | 'number' | 'boolean' | 'timestamp';
  /** Whether the operand may be read from the input: the operator exists with `Path` at its end. */
  readonly path?: true;
  /** Whether the operator asks if there is a value at all. */
  readonly missing?: true;
  holds(value: JsonValue | undefined, operand: JsonValue): boolean;
}

type Order = (order: number) => boolean;
const orders: readonly (readonly [name: string, holds: Order])[] = [
  ['Equals', (order) => order === 0],
  ['LessThan', (order) => order < 0],
  ['GreaterThan', (order) => order > 0],
  ['LessThanEquals', (order) => order <= 0],
  ['GreaterThanEquals', (order) => order >= 0],
];

/** Brings a value into an order, or doesn't: another type equals nothing. */
type Rank<T> = (value: JsonValue | undefined) => T | undefined;
const asText: Rank<string> = (value) => (typeof value === 'string' ? value : undefined);
const asNumber: Rank<number> = (value) => (typeof value === 'number' ? value : undefined);
const asTime: Rank<number> = (value) => (typeof value === 'string' ? parseTimestamp(value) : undefined);

function comparisons<T extends string | number>(
  type: string,
  operand: Operator['operand'],
  rank: Rank<T>,
): [string, Operator][] {
  return orders.map(([name, holds]) => [
    `${type}${name}`,
    {
      operand,
      path: true,
      holds(value, other) {
        const [left, right] = [rank(value), rank(other)];
        if (left === undefined || right === undefined) return false;
        return holds(left < right ? -1 : left > right ? 1 : 0);
      },
    },
  ]);
}

const typeChecks: Readonly<Record<string, (value: JsonValue | undefined) => boolean>> = {
  IsBoolean: (value) => typeof value === 'boolean',
  IsNull: (value) => value === null,
  IsNumeric: (value) => typeof value === 'number',
  IsString: (value) => typeof value === 'string',
  IsTimestamp: (value) => asTime(value) !== undefined,
};

const check = (holds: (value: JsonValue | undefined) => boolean): Operator => ({
  operand: 'boolean',
  holds: (value, expected) => holds(value) === expected,
});

/** Every comparison of a Choice rule, by name. Those with `path` also exist with `Path` at the end of the name. */
export const operators: Readonly<Record<string, Operator>> = {
  ...Object.fromEntries(comparisons('String', 'string', asText)),
  ...Object.fromEntries(comparisons('Numeric', 'number', asNumber)),
  ...Object.fromEntries(comparisons('Timestamp', 'timestamp', asTime)),
  BooleanEquals: {
    operand: 'boolean',
    path: true,
    holds: (value, other) => typeof value === 'boolean' && value === other,
  },
  StringMatches: {
    operand: 'string',
    holds: (value, pattern) => typeof value === 'string' && matchesWildcards(value, String(pattern)),
  },
  ...Object.fromEntries(Object.entries(typeChecks).map(([name, holds]) => [name, check(holds)])),
  IsPresent: { ...check((value) => value !== undefined), missing: true },
};
