import jsep, {
  type BinaryExpression,
  type CallExpression,
  type Expression,
  type Identifier,
  type Literal,
  type MemberExpression,
  type UnaryExpression,
} from 'jsep';
import { AwsError } from '../../aws-error.ts';
import type { Summary } from './summary.ts';

/** The most characters of a filter expression. */
const maxLength = 2_000;

type Matches = (summary: Summary) => boolean;

const flags: Readonly<Record<string, Matches>> = {
  ok: ({ hasFault, hasError, hasThrottle }) => !hasFault && !hasError && !hasThrottle,
  fault: ({ hasFault }) => hasFault,
  error: ({ hasError }) => hasError,
  throttle: ({ hasThrottle }) => hasThrottle,
  partial: ({ isPartial }) => isPartial,
};

const numbers: Readonly<Record<string, (summary: Summary) => number | undefined>> = {
  responsetime: ({ responseTime }) => responseTime,
  duration: ({ duration }) => duration,
  'http.status': ({ status }) => status,
};

const comparisons: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};

/**
 * Reads a filter expression of X-Ray, `service("orders-producer") AND responsetime > 3`.
 *
 * @throws {AwsError} InvalidRequestException for one that isn't known here
 */
export function readFilter(text: string): Matches {
  const refuse = (what: string) =>
    new AwsError(
      'InvalidRequestException',
      `The filter expression ${JSON.stringify(text.slice(0, 100))}: ${what}. The local run knows ${Object.keys(flags).join(', ')}, ` +
        `service("…"), comparisons of ${Object.keys(numbers).join(', ')} with numbers, AND, OR, ! and parentheses`,
    );

  const read = (node: Expression): Matches => {
    if (node.type === 'Identifier') {
      const { name } = node as Identifier;
      const flag = Object.hasOwn(flags, name) ? flags[name] : undefined;
      if (flag) return flag;
      throw refuse(`${name} isn't known`);
    }
    if (node.type === 'CallExpression') return readCall(node as CallExpression);
    if (node.type === 'UnaryExpression' && (node as UnaryExpression).operator === '!') {
      const matches = read((node as UnaryExpression).argument);
      return (summary) => !matches(summary);
    }
    if (node.type !== 'BinaryExpression' && node.type !== 'LogicalExpression') {
      throw refuse(`it has a ${node.type}`);
    }
    const { operator, left, right } = node as BinaryExpression;
    if (operator === '&&' || operator === '||') {
      const [a, b] = [read(left), read(right)];
      return operator === '&&'
        ? (summary) => a(summary) && b(summary)
        : (summary) => a(summary) || b(summary);
    }
    const of = nameOf(left);
    const figure = Object.hasOwn(numbers, of) ? numbers[of] : undefined;
    const compare = Object.hasOwn(comparisons, operator) ? comparisons[operator] : undefined;
    const { value } = right as Literal;
    if (!figure || !compare || typeof value !== 'number') throw refuse(`${of} ${operator} … isn't known`);
    return (summary) => {
      const found = figure(summary);
      return found !== undefined && compare(found, value);
    };
  };

  const readCall = ({ callee, arguments: given }: CallExpression): Matches => {
    const [name] = given;
    const { value } = (name ?? {}) as Literal;
    if (nameOf(callee) !== 'service' || given.length !== 1 || typeof value !== 'string') {
      throw refuse(`${nameOf(callee)}(…) isn't known`);
    }
    return ({ services }) => services.some((service) => service.name === value);
  };

  if (text.length > maxLength) throw refuse(`it has ${text.length} characters; X-Ray takes ${maxLength}`);
  let parsed: Expression;
  try {
    parsed = jsep(withOperators(text));
  } catch (error) {
    throw refuse((error as Error).message);
  }
  return read(parsed);
}

/** The operators of X-Ray as JavaScript has them, except in texts. */
const withOperators = (text: string): string =>
  text
    .split(/("[^"]*")/)
    .map((part, index) =>
      index % 2 === 1
        ? part
        : part
            .replaceAll(/\bAND\b/gi, '&&')
            .replaceAll(/\bOR\b/gi, '||')
            .replaceAll(/(?<![=!<>])=(?!=)/g, '=='),
    )
    .join('');

/** `http.status` as a name. */
const nameOf = (node: Expression): string => {
  if (node.type !== 'MemberExpression') return String((node as Identifier).name ?? node.type);
  const { object, property } = node as MemberExpression;
  return `${nameOf(object)}.${nameOf(property)}`;
};
