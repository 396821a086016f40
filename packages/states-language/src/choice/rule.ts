import { readScope } from '../data-flow/json-path-expression.ts';
import type { Scope } from '../data-flow/scope.ts';
import { isObject, type JsonObject, type JsonValue } from '../json.ts';
import { MissingPathError } from '../json-path/evaluate-path.ts';
import { parsePath } from '../json-path/parse-path.ts';
import { runtimeError } from '../states-error.ts';
import { parseTimestamp } from '../timestamp.ts';
import { type Operator, operators } from './operators.ts';

/** Whether a rule matches. */
export type Rule = (scope: Scope) => boolean;

/** A rule that isn't one. */
export class RuleProblem extends Error {
  override readonly name = 'RuleProblem';
}

const combinations = ['And', 'Or', 'Not'] as const;

/**
 * Compiles the comparison of a Choice rule in JSONPath.
 *
 * @param others fields beside the comparison that are read elsewhere
 * @throws {RuleProblem} for a rule that isn't one
 */
export function compileRule(rule: JsonValue, others: readonly string[] = []): Rule {
  if (!isObject(rule)) throw new RuleProblem(`a rule has to be an object, received ${JSON.stringify(rule)}`);
  const fields = Object.keys(rule).filter((field) => ![...others, 'Comment'].includes(field));
  const combined = combinations.find((name) => fields.includes(name));
  if (combined !== undefined) {
    if (fields.length > 1)
      throw new RuleProblem(`${combined} has no field beside it, received ${fields.join(', ')}`);
    return combine(combined, rule[combined] ?? null);
  }
  return compileComparison(rule, fields);
}

function combine(name: (typeof combinations)[number], operand: JsonValue): Rule {
  if (name === 'Not') {
    const rule = compileRule(operand);
    return (scope) => !rule(scope);
  }
  if (!Array.isArray(operand) || operand.length === 0) {
    throw new RuleProblem(`${name} has to be a list of rules, received ${JSON.stringify(operand)}`);
  }
  const rules = operand.map((rule) => compileRule(rule));
  return name === 'And'
    ? (scope) => rules.every((rule) => rule(scope))
    : (scope) => rules.some((rule) => rule(scope));
}

function compileComparison(rule: JsonObject, fields: readonly string[]): Rule {
  const { Variable: variable } = rule;
  if (typeof variable !== 'string') throw new RuleProblem('a comparison needs Variable, a path');
  const names = fields.filter((field) => field !== 'Variable');
  const [name, ...more] = names;
  if (name === undefined || more.length > 0) {
    throw new RuleProblem(`a comparison needs one operator, received ${names.join(', ') || 'none'}`);
  }
  const { operator, isPath } = findOperator(name);
  const read = compileOperand(variable);
  const operand = rule[name] ?? null;
  if (isPath) {
    if (typeof operand !== 'string') throw new RuleProblem(`${name} has to be a path`);
    const readOperand = compileOperand(operand);
    return (scope) => operator.holds(needed(read, scope, variable), needed(readOperand, scope, operand));
  }
  checkOperand(name, operator, operand);
  if (operator.missing) return (scope) => operator.holds(read(scope), operand);
  return (scope) => operator.holds(needed(read, scope, variable), operand);
}

function findOperator(name: string): { operator: Operator; isPath: boolean } {
  const plain = Object.hasOwn(operators, name) ? operators[name] : undefined;
  if (plain) return { operator: plain, isPath: false };
  const base = name.endsWith('Path') ? name.slice(0, -4) : '';
  const operator = Object.hasOwn(operators, base) ? operators[base] : undefined;
  if (operator?.path) return { operator, isPath: true };
  throw new RuleProblem(`${name} isn't a comparison; there are ${Object.keys(operators).join(', ')}`);
}

function checkOperand(name: string, operator: Operator, operand: JsonValue): void {
  const { operand: type } = operator;
  const right =
    type === 'timestamp'
      ? typeof operand === 'string' && parseTimestamp(operand) !== undefined
      : typeof operand === type;
  if (!right) throw new RuleProblem(`${name} compares with a ${type}, received ${JSON.stringify(operand)}`);
}

type Read = (scope: Scope) => JsonValue | undefined;

function compileOperand(text: string): Read {
  const path = parsePath(text);
  return (scope) => {
    try {
      return readScope(path, scope);
    } catch (error) {
      if (error instanceof MissingPathError) return undefined;
      throw error;
    }
  };
}

function needed(read: Read, scope: Scope, path: string): JsonValue {
  const value = read(scope);
  if (value !== undefined) return value;
  throw runtimeError(
    `Invalid path '${path}': The choice state's condition path references an invalid value.`,
  );
}
