import { evaluateIntrinsic } from '../intrinsics/evaluate-intrinsic.ts';
import { IntrinsicError } from '../intrinsics/intrinsic.ts';
import { parseIntrinsic } from '../intrinsics/parse-intrinsic.ts';
import { isObject, type JsonObject, type JsonValue, objectOf, own } from '../json.ts';
import { evaluatePath, MissingPathError } from '../json-path/evaluate-path.ts';
import { parsePath } from '../json-path/parse-path.ts';
import type { Path, PathRoot } from '../json-path/path.ts';
import { EvaluationError, errorNames, runtimeError } from '../states-error.ts';
import type { Scope } from './scope.ts';

/** Reads what a path selects in a scope. Throws a MissingPathError if there is nothing. */
export function readScope(path: Path, scope: Scope): JsonValue {
  return evaluatePath(path, (root) => start(root, scope));
}

function start(root: PathRoot, scope: Scope): JsonValue {
  if (root.kind === 'context') return scope.context;
  if (root.kind !== 'variable') return scope.input;
  const value = own(scope.variables, root.name);
  if (value === undefined) throw new MissingPathError(`the variable $${root.name} isn't set`);
  return value;
}

/** A path of a field such as `InputPath`: what it selects, or AWS's sentence. */
export function readField(path: Path, scope: Scope): JsonValue {
  try {
    return readScope(path, scope);
  } catch (error) {
    if (!(error instanceof MissingPathError)) throw error;
    throw runtimeError(`Invalid path '${path.source}' : ${error.message}`);
  }
}

export type Expression = (scope: Scope) => JsonValue;

/**
 * Compiles the path of a field such as `TimeoutSecondsPath`.
 *
 * @param missing what to say if it leads nowhere; AWS's sentence on paths if left out
 */
export function compilePathValue(text: string, missing?: string): Expression {
  const path = parsePath(text);
  return (scope) => {
    try {
      return readField(path, scope);
    } catch (error) {
      if (missing === undefined || !(error instanceof EvaluationError)) throw error;
      throw runtimeError(missing);
    }
  };
}

/**
 * Compiles the value of a field `name.$`: a path, or a call of an intrinsic function.
 *
 * @param field its name, for messages
 * @throws {SyntaxProblem} for a text that is neither
 */
export function compileExpression(text: string, field: string): Expression {
  return text.startsWith('$') ? compilePathExpression(parsePath(text), field) : compileCall(text);
}

function compilePathExpression(path: Path, field: string): Expression {
  return (scope) => {
    try {
      return readScope(path, scope);
    } catch (error) {
      if (!(error instanceof MissingPathError)) throw error;
      const searched = path.root.kind === 'context' ? scope.context : scope.input;
      throw runtimeError(
        `The JSONPath '${path.source}' specified for the field '${field}' could not be found in the input ` +
          `'${JSON.stringify(searched)}'`,
      );
    }
  };
}

function compileCall(text: string): Expression {
  const call = parseIntrinsic(text);
  return (scope) => {
    const failed = (error: string, message: string) =>
      new EvaluationError(error, `The function '${call.source}' had the following error: ${message}`);
    const readPath = (path: Path) => {
      try {
        return readScope(path, scope);
      } catch (error) {
        if (!(error instanceof MissingPathError)) throw error;
        throw failed(
          errorNames.runtime,
          `The JsonPath argument for the field '${path.source}' could not be found in the input ` +
            `'${JSON.stringify(path.root.kind === 'context' ? scope.context : scope.input)}'`,
        );
      }
    };
    try {
      return evaluateIntrinsic(call, readPath, scope.chance);
    } catch (error) {
      if (!(error instanceof IntrinsicError)) throw error;
      throw failed(errorNames.intrinsicFailure, error.message);
    }
  };
}

/** A field of a payload template that isn't a path and isn't a function. */
export class TemplateProblem extends Error {
  override readonly name = 'TemplateProblem';
}

/**
 * Compiles a payload template: an object in which fields called `name.$` are evaluated.
 *
 * @throws {TemplateProblem} for a field that can't be
 */
export function compileTemplate(template: JsonValue): Expression {
  if (Array.isArray(template)) {
    const items = template.map(compileTemplate);
    return (scope) => items.map((item) => item(scope));
  }
  if (!isObject(template)) return () => template;
  const fields = Object.entries(template).map(([key, value]) => compileField(key, value));
  const names = new Set(fields.map(({ name }) => name));
  if (names.size < fields.length) {
    throw new TemplateProblem(
      `a field is given twice, with and without ".$": ${Object.keys(template).join(', ')}`,
    );
  }
  return (scope) => objectOf(fields.map(({ name, evaluate }) => [name, evaluate(scope)]));
}

function compileField(key: string, value: JsonValue): { name: string; evaluate: Expression } {
  if (!key.endsWith('.$')) return { name: key, evaluate: compileTemplate(value) };
  const isExpression = `The value for the field '${key}' must be a valid JSONPath or a valid intrinsic function call`;
  if (typeof value !== 'string') throw new TemplateProblem(isExpression);
  try {
    return { name: key.slice(0, -2), evaluate: compileExpression(value, key) };
  } catch (error) {
    throw new TemplateProblem(`${isExpression}. ${error instanceof Error ? error.message : error}`);
  }
}

/** Compiles `Assign`: a template of which every field is a variable. */
export function compileAssign(template: JsonObject): (scope: Scope) => JsonObject {
  const evaluate = compileTemplate(template);
  return (scope) => evaluate(scope) as JsonObject;
}
