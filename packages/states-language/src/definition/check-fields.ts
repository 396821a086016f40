import { compileExpression, compileTemplate } from '../data-flow/json-path-expression.ts';
import { isObject, type JsonObject, type JsonValue } from '../json.ts';
import { parsePath } from '../json-path/parse-path.ts';
import { isReferencePath } from '../json-path/reference-path.ts';
import { expressionIn } from '../jsonata/expression.ts';
import { parseTimestamp } from '../timestamp.ts';
import type { Field, FieldKind, Fields, QueryLanguage } from './fields.ts';
import { inside, type Problems } from './problems.ts';

/** The largest number of seconds that Step Functions takes. */
const maxSeconds = 99_999_999;

/** Checks the fields of an object against their table, and notes each problem with its place. */
export function checkFields(
  object: JsonObject,
  fields: Fields,
  language: QueryLanguage,
  place: string,
  problems: Problems,
): void {
  const missing = Object.keys(fields).filter((name) => fields[name]?.required && object[name] === undefined);
  if (missing.length > 0) problems.invalid(place, `These fields are required: [${missing.join(', ')}]`);
  for (const [name, value] of Object.entries(object)) {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (field === undefined) {
      problems.invalid(place, `The field '${name}' is not supported by Step Functions`);
    } else if (field.unknown) {
      problems.unknown(inside(place, name), `Step Functions has the field ${name}; it isn't known here`);
    } else if (field.language !== undefined && field.language !== language) {
      problems.invalid(
        place,
        `The field '${name}' is for ${field.language}, and the query language is ${language}`,
      );
    } else {
      checkField(name, value, field, language, inside(place, name), problems);
    }
  }
}

function checkField(
  name: string,
  value: JsonValue,
  field: Field,
  language: QueryLanguage,
  place: string,
  problems: Problems,
): void {
  if (language === 'JSONata' && field.expression && expressionIn(value) !== undefined) return;
  const kind = field.kind === 'template' && language === 'JSONata' ? 'object' : field.kind;
  problems.attempt(place, () => {
    const allowed = check[kind](value, name);
    if (allowed !== undefined) throw new Error(`${name} has to be ${allowed}, received ${short(value)}`);
    if (field.oneOf && !field.oneOf.includes(String(value))) {
      throw new Error(`${name} is one of ${field.oneOf.join(', ')}; received ${short(value)}`);
    }
  });
}

const short = (value: JsonValue) => {
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
};

const isWhole = (value: JsonValue, least: number) =>
  typeof value === 'number' && Number.isInteger(value) && value >= least && value <= maxSeconds;

/** For each kind: what it allows, if a value isn't of it. */
const check: Record<FieldKind, (value: JsonValue, name: string) => string | undefined> = {
  anything: () => undefined,
  text: (value) => (typeof value === 'string' ? undefined : 'a string'),
  state: (value) => (typeof value === 'string' ? undefined : 'the name of a state'),
  boolean: (value) => (typeof value === 'boolean' ? undefined : 'true or false'),
  count: (value) => (isWhole(value, 0) ? undefined : `a whole number from 0 to ${maxSeconds}`),
  seconds: (value) => (isWhole(value, 1) ? undefined : `a whole number from 1 to ${maxSeconds}`),
  rate: (value) => (typeof value === 'number' && value >= 1 ? undefined : 'a number of at least 1'),
  timestamp: (value) =>
    typeof value === 'string' && parseTimestamp(value) !== undefined
      ? undefined
      : 'a timestamp such as "2026-01-31T12:00:00Z"',
  object: (value) => (isObject(value) ? undefined : 'an object'),
  machine: (value) => (isObject(value) ? undefined : 'an object'),
  array: (value) => (Array.isArray(value) ? undefined : 'an array'),
  list: (value) => (Array.isArray(value) ? undefined : 'an array'),
  path(value) {
    if (typeof value !== 'string') return 'a path';
    parsePath(value);
    return undefined;
  },
  'path or null': (value) => (value === null ? undefined : check.path(value, '')),
  'reference path or null'(value) {
    if (value === null) return undefined;
    if (typeof value !== 'string') return 'a path or null';
    return isReferencePath(parsePath(value))
      ? undefined
      : 'a path that names one place, without $$ and variables';
  },
  'path or function'(value, name) {
    if (typeof value !== 'string') return 'a path or a call of an intrinsic function';
    compileExpression(value, name);
    return undefined;
  },
  template(value) {
    compileTemplate(value);
    return undefined;
  },
};
