import { createRequire } from 'node:module';
import type jsonataPackage from 'jsonata';
import type { Scope } from '../data-flow/scope.ts';
import { type JsonValue, typeName } from '../json.ts';
import { EvaluationError, errorNames } from '../states-error.ts';
import { addedFunctions } from './added-functions.ts';

/** An expression that doesn't end would stop the whole process: so many milliseconds, calls inside of calls, items. */
const bounds = { timeout: 5_000, stack: 500, sequence: 1_000_000 };

/** A JSONata expression of a field. The value is known to be JSON. */
export type JsonataExpression = (scope: Scope) => Promise<JsonValue>;

/** What is inside of `{% %}`; undefined for a text that isn't an expression. */
export function expressionIn(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' ? /^\{%([\s\S]*)%\}$/.exec(value)?.[1]?.trim() : undefined;
}

// Machines in JSONPath don't pay for the library: it is loaded with the first expression.
let loaded: typeof jsonataPackage | undefined;
const jsonata = () => {
  loaded ??= createRequire(import.meta.url)('jsonata') as typeof jsonataPackage;
  return loaded;
};

/**
 * Compiles a JSONata expression.
 *
 * @param field where it is, for messages: `Output/total`
 * @throws {Error} for a text that isn't one
 */
export function compileJsonata(source: string, field: string): JsonataExpression {
  const compiled = parse(source);
  const named = `The JSONata expression '${source}' specified for the field '${field}'`;
  const failed = (message: string) =>
    new EvaluationError(errorNames.queryEvaluationError, `${named} ${message}`, field);
  return async (scope) => {
    let value: unknown;
    try {
      value = await compiled.evaluate(undefined, bindings(scope));
    } catch (error) {
      const { code, message } = error as { code?: string; message?: string };
      throw failed(`threw an error during evaluation. ${code === undefined ? '' : `${code}: `}${message}`);
    }
    if (value === undefined) throw failed('returned nothing (undefined).');
    const text = typeof value === 'function' || isLambda(value) ? undefined : JSON.stringify(value);
    if (text === undefined) throw failed('returned an unsupported result type.');
    return JSON.parse(text) as JsonValue;
  };
}

function parse(source: string): jsonataPackage.Expression {
  try {
    return jsonata()(source, bounds);
  } catch (error) {
    const { code, message } = error as { code?: string; message?: string };
    throw new Error(`'${source}' isn't a JSONata expression: ${code}: ${message}`);
  }
}

function bindings(scope: Scope): Record<string, unknown> {
  const { input, context, result, errorOutput, variables, chance } = scope;
  return {
    ...variables,
    states: {
      input,
      context,
      ...(result !== undefined && { result }),
      ...(errorOutput !== undefined && { errorOutput }),
    },
    ...addedFunctions(chance),
  };
}

const isLambda = (value: unknown) =>
  typeof value === 'object' && value !== null && ('_jsonata_lambda' in value || '_jsonata_function' in value);

/**
 * Compiles a value in which any text may be an expression.
 *
 * @param field where it is, for messages
 */
export function compileJsonataTemplate(template: JsonValue, field: string): JsonataExpression {
  const source = expressionIn(template);
  if (source !== undefined) return compileJsonata(source, field);
  if (Array.isArray(template)) {
    const items = template.map((item, index) => compileJsonataTemplate(item, `${field}[${index}]`));
    return async (scope) => {
      const values: JsonValue[] = [];
      for (const item of items) values.push(await item(scope));
      return values;
    };
  }
  if (typeof template !== 'object' || template === null) return async () => template;
  const fields = Object.entries(template).map(
    ([key, value]) => [key, compileJsonataTemplate(value, `${field}/${key}`)] as const,
  );
  return async (scope) => {
    const entries: [string, JsonValue][] = [];
    for (const [key, evaluate] of fields) entries.push([key, await evaluate(scope)]);
    return Object.fromEntries(entries);
  };
}

/** Compiles a value that has to be of a type: an expression for it, or the value itself. */
export function compileTyped(
  value: JsonValue,
  field: string,
  expected: ReturnType<typeof typeName>,
): JsonataExpression {
  const source = expressionIn(value);
  if (source === undefined) return compileJsonataTemplate(value, field);
  const evaluate = compileJsonata(source, field);
  return async (scope) => {
    const result = await evaluate(scope);
    if (typeName(result) === expected) return result;
    throw new EvaluationError(
      errorNames.queryEvaluationError,
      `The JSONata expression '${source}' specified for the field '${field}' returned an unexpected result type. ` +
        `Expected '${expected}', but was '${typeName(result)}' for value: ${JSON.stringify(result)}`,
      field,
    );
  };
}
