import { isObject, type JsonValue } from '../../json.ts';
import { UnsupportedError } from '../../plan/unsupported-error.ts';

/** Gives what is at a path in an event; undefined where there is nothing. */
export type EventPath = (event: JsonValue) => JsonValue | undefined;

/** What EventBridge takes of JSONPath: names after a dot, indices, and wildcards (user guide, "Input transformation"). */
const paths = /^\$(\.[\w/-]+|\.\*|\[(\d+|\*)\])*$/;

/**
 * Reads a JSONPath as rules have it: `$.detail.items[0].id`, `$.detail.items[*].id`. A path with a wildcard gives a list.
 *
 * @param where the place in the stack, for the error
 * @throws {UnsupportedError} for every other syntax
 */
export function parseEventPath(text: string, where: string): EventPath {
  if (!paths.test(text)) {
    throw new UnsupportedError(
      `${where}: ${JSON.stringify(text)} isn't a path that EventBridge takes, such as $.detail.items[0].id`,
    );
  }
  const steps: readonly string[] = text.match(/[^.[\]$]+/g) ?? [];
  const isList = steps.includes('*');
  return (event) => {
    const found = steps.reduce<JsonValue[]>(
      (values, step) => values.flatMap((value) => go(value, step)),
      [event],
    );
    return isList ? found : found[0];
  };
}

function go(value: JsonValue, step: string): JsonValue[] {
  if (step === '*') return typeof value === 'object' && value !== null ? Object.values(value) : [];
  if (Array.isArray(value))
    return /^\d+$/.test(step) && Number(step) < value.length ? [value[Number(step)] ?? null] : [];
  return isObject(value) && Object.hasOwn(value, step) ? [value[step] ?? null] : [];
}
