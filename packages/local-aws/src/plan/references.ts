import { isObject, type JsonValue } from '../json.ts';
import { UnsupportedError } from './unsupported-error.ts';

/** Gives the value of one reference: `aws_iam_role.sfn-role.arn`, `var.name`, `data.aws_partition.p.partition`. */
export type Lookup = (reference: string) => JsonValue;

/** A path of names. An id may hold hyphens; indexes, splats and function calls are not of this form. */
const referencePath = /^[A-Za-z_][\w-]*(\.[A-Za-z_][\w-]*)+$/;

/**
 * Puts values in the place of Terraform's references, in every string of a value.
 *
 * Of Terraform's expression language this is the part that cdktf writes for this stack: references, and text
 * around them. A string that is one reference takes the type of what it refers to.
 *
 * @param where the place in the stack, for errors
 * @throws {UnsupportedError} for every other expression, and for template directives
 */
export function resolveReferences(value: JsonValue, lookup: Lookup, where: string): JsonValue {
  if (typeof value === 'string') return resolveTemplate(value, lookup, where);
  if (Array.isArray(value))
    return value.map((item, index) => resolveReferences(item, lookup, `${where}[${index}]`));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, resolveReferences(item, lookup, `${where}.${key}`)]),
  );
}

function resolveTemplate(template: string, lookup: Lookup, where: string): JsonValue {
  const whole = /^\$\{([^{}]*)\}$/.exec(template);
  if (whole) return resolveExpression(whole[1] ?? '', lookup, where);

  // `$${` and `%%{` are the escapes of `${` and `%{`.
  return template.replace(/\$\$\{|%%\{|%\{|\$\{([^{}]*)\}|\$\{/g, (match, expression: string | undefined) => {
    if (match === '$${' || match === '%%{') return match.slice(1);
    if (expression === undefined) {
      throw new UnsupportedError(`${where}: the local run knows references only, received ${template}`);
    }
    const value = resolveExpression(expression, lookup, where);
    if (typeof value === 'object') {
      throw new UnsupportedError(`${where}: \${${expression}} isn't text, and can't be a part of one`);
    }
    return String(value);
  });
}

function resolveExpression(expression: string, lookup: Lookup, where: string): JsonValue {
  const reference = expression.trim();
  if (referencePath.test(reference)) return lookup(reference);
  throw new UnsupportedError(
    `${where}: the local run knows references such as \${aws_iam_role.name.arn}, and not \${${expression}}`,
  );
}
