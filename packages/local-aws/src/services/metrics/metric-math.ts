import jsep, {
  type ArrayExpression,
  type BinaryExpression,
  type CallExpression,
  type Expression,
  type Identifier,
  type Literal,
  type UnaryExpression,
} from 'jsep';
import { AwsError } from '../../aws-error.ts';

/** The most characters of an expression. */
const maxLength = 2_048;

/** The values of a metric or an expression, by the beginning of their period in milliseconds since 1970. */
export type Points = ReadonlyMap<number, number>;

/** What an expression can come to: a number, a time series, or several of them. */
export type Value = number | Points | readonly Points[];

/** What an expression can use. */
export interface MathContext {
  /** The value of a query; undefined for one that isn't there. */
  query(id: string): Points | undefined;
  /** The metrics among the queries, for `METRICS()`. */
  metrics(): readonly Points[];
  /** The beginning of every period that is looked at, in milliseconds since 1970. */
  times: readonly number[];
}

/**
 * Evaluates an expression of CloudWatch's metric math: `IF(whole >= 20, 100 * part / whole, 0)`.
 *
 * Of two time series, a result is where both have a value. A division by 0 has none.
 *
 * @throws {AwsError} ValidationError for what isn't an expression, or one that isn't known here
 */
export function evaluateMath(text: string, context: MathContext): Value {
  const refuse = (why: string) =>
    new AwsError('ValidationError', `Error in expression ${JSON.stringify(text.slice(0, 100))}: ${why}`);

  const evaluate = (node: Expression): Value => {
    switch (node.type) {
      case 'Literal': {
        const { value } = node as Literal;
        if (typeof value === 'number') return value;
        throw refuse(`${JSON.stringify(value)} isn't a number`);
      }
      case 'Identifier': {
        const { name } = node as Identifier;
        const points = context.query(name);
        if (points) return points;
        throw refuse(`there is no query ${name}`);
      }
      case 'ArrayExpression':
        return (node as ArrayExpression).elements.flatMap((each) => (each ? seriesOf(evaluate(each)) : []));
      case 'UnaryExpression': {
        const { operator, argument } = node as UnaryExpression;
        if (operator !== '-') throw refuse(`the local run doesn't know ${operator} before a value`);
        return mapPoints(evaluate(argument), (value) => -value);
      }
      case 'BinaryExpression':
      case 'LogicalExpression': {
        const { operator, left, right } = node as BinaryExpression;
        const operate = Object.hasOwn(operators, operator) ? operators[operator] : undefined;
        if (!operate) {
          throw refuse(
            `the local run doesn't know the operator ${operator}. It knows ${Object.keys(operators).join(' ')}`,
          );
        }
        const [a, b] = [evaluate(left), evaluate(right)];
        if (Array.isArray(a) && Array.isArray(b)) throw refuse(`${operator} takes no two lists of series`);
        return combine(a, b, operate);
      }
      case 'CallExpression':
        return call(node as CallExpression);
      default:
        throw refuse(`it has a ${node.type}, which metric math doesn't know`);
    }
  };

  const call = ({ callee, arguments: given }: CallExpression): Value => {
    const name = String((callee as Identifier).name);
    const values = () => given.map(evaluate);
    const [first, second] = given;
    const reduced = Object.hasOwn(reducers, name) ? reducers[name] : undefined;
    const mapped = Object.hasOwn(mappers, name) ? mappers[name] : undefined;
    if (name === 'METRICS' && !first) return context.metrics();
    if (name === 'IF' && first && second) {
      const [condition = 0, then = 0, otherwise] = values();
      if ([condition, then, otherwise].some(Array.isArray)) throw refuse('IF takes no list of series');
      return choose(condition, then, otherwise);
    }
    if (name === 'FILL' && first && second) return fill(evaluate(first), second);
    if (reduced && first && !second) return reduce(evaluate(first), reduced);
    if (mapped && first && !second) return mapped(evaluate(first));
    throw refuse(
      `the local run doesn't know ${name} with ${given.length} arguments. It knows IF, FILL and METRICS(), and of one ` +
        `argument ${[...Object.keys(reducers), ...Object.keys(mappers)].join(', ')}`,
    );
  };

  /** Of a condition over time, what either branch has then. */
  const choose = (condition: Value, then: Value, otherwise: Value | undefined): Value => {
    if (typeof condition === 'number') {
      return condition !== 0 ? then : (otherwise ?? new Map<number, number>());
    }
    const [conditions = new Map<number, number>()] = seriesOf(condition);
    const at = (value: Value | undefined, time: number) =>
      typeof value === 'number' ? value : value && seriesOf(value)[0]?.get(time);
    return fromEntries([...conditions].map(([time, is]) => [time, at(is !== 0 ? then : otherwise, time)]));
  };

  const fill = (value: Value, by: Expression): Value => {
    const { name } = by as Identifier;
    const fillOne = (points: Points): Points => {
      if (by.type === 'Identifier' && name === 'REPEAT') {
        let last: number | undefined;
        return fromEntries(
          context.times.map((time) => {
            last = points.get(time) ?? last;
            return [time, last];
          }),
        );
      }
      const filler = evaluate(by);
      if (typeof filler !== 'number') throw refuse('FILL takes a number, or REPEAT');
      return fromEntries(context.times.map((time) => [time, points.get(time) ?? filler]));
    };
    const [only = new Map<number, number>(), ...others] = seriesOf(value).map(fillOne);
    return Array.isArray(value) ? [only, ...others] : only;
  };

  /** A function of several series gives one over time; of one series, a number. */
  const reduce = (value: Value, by: (values: readonly number[]) => number): Value => {
    if (typeof value === 'number') return by([value]);
    if (!Array.isArray(value)) return by([...(value as Points).values()]);
    const times = [...new Set(value.flatMap((points: Points) => [...points.keys()]))].sort((a, b) => a - b);
    return new Map(
      times.map((time) => [time, by(value.flatMap((points: Points) => points.get(time) ?? []))]),
    );
  };

  if (text.length > maxLength)
    throw refuse(`it has ${text.length} characters; CloudWatch takes ${maxLength}`);
  let parsed: Expression;
  try {
    parsed = jsep(text.replaceAll(/\bAND\b/g, '&&').replaceAll(/\bOR\b/g, '||'));
  } catch (error) {
    throw refuse((error as Error).message);
  }
  return evaluate(parsed);
}

const truth = (is: boolean) => (is ? 1 : 0);

const operators: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '==': (a, b) => truth(a === b),
  '!=': (a, b) => truth(a !== b),
  '<': (a, b) => truth(a < b),
  '<=': (a, b) => truth(a <= b),
  '>': (a, b) => truth(a > b),
  '>=': (a, b) => truth(a >= b),
  '&&': (a, b) => truth(a !== 0 && b !== 0),
  '||': (a, b) => truth(a !== 0 || b !== 0),
};

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

const reducers: Readonly<Record<string, (values: readonly number[]) => number>> = {
  SUM: sum,
  AVG: (values) => sum(values) / values.length,
  MIN: (values) => Math.min(...values),
  MAX: (values) => Math.max(...values),
};

const mappers: Readonly<Record<string, (value: Value) => Value>> = {
  ABS: (value) => mapPoints(value, Math.abs),
  CEIL: (value) => mapPoints(value, Math.ceil),
  FLOOR: (value) => mapPoints(value, Math.floor),
  RUNNING_SUM: (value) => {
    let total = 0;
    return mapPoints(value, (each) => {
      total += each;
      return total;
    });
  },
};

const seriesOf = (value: Value): readonly Points[] =>
  typeof value === 'number' ? [] : Array.isArray(value) ? value : [value as Points];

const mapPoints = (value: Value, change: (each: number) => number): Value => {
  if (typeof value === 'number') return change(value);
  const [only, ...others] = seriesOf(value).map((points) =>
    fromEntries([...points].map(([time, each]) => [time, change(each)])),
  );
  return only && others.length === 0 && !Array.isArray(value) ? only : [only ?? new Map(), ...others];
};

function combine(a: Value, b: Value, operate: (a: number, b: number) => number): Value {
  if (typeof a === 'number') return mapPoints(b, (value) => operate(a, value));
  if (typeof b === 'number') return mapPoints(a, (value) => operate(value, b));
  // Of one series and a list, each of the list with the one. CloudWatch takes no two lists.
  const pairs = Array.isArray(b)
    ? seriesOf(b).map((right) => [a as Points, right] as const)
    : seriesOf(a).map((left) => [left, b as Points] as const);
  const combined = pairs.map(([left, right]) =>
    fromEntries(
      [...left].map(([time, value]) => {
        const other = right.get(time);
        return [time, other === undefined ? undefined : operate(value, other)];
      }),
    ),
  );
  return Array.isArray(a) || Array.isArray(b) ? combined : (combined[0] ?? new Map());
}

/** The points that have a value: what isn't a number, such as a division by 0, is none. */
const fromEntries = (entries: readonly (readonly [number, number | undefined])[]): Points =>
  new Map(entries.flatMap(([time, value]) => (Number.isFinite(value) ? [[time, value as number]] : [])));
