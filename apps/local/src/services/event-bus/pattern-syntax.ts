import type { JsonScalar } from '../../json.ts';

/**
 * Thrown for an event pattern that EventBridge would refuse. The message says where (a JSON path), what was
 * received there, and what is allowed.
 */
export class InvalidEventPatternError extends Error {
  override readonly name = 'InvalidEventPatternError';
}

/** A pattern as it was written: objects keep the order of their members, and those of the same name. */
export type PatternNode = JsonScalar | PatternNode[] | PatternObject;
export interface PatternObject {
  readonly members: readonly (readonly [name: string, value: PatternNode])[];
}

/** The way from the root of a pattern to one of its nodes. */
export type PatternPath = readonly (string | number)[];

export function isPatternObject(node: PatternNode): node is PatternObject {
  return typeof node === 'object' && node !== null && !Array.isArray(node);
}

/** Throws the error for a pattern: `received` and `allowed` complete the sentence that names the path. */
export function refuse(at: PatternPath, received: string, allowed: string, cause?: unknown): never {
  const path = at.map((step) =>
    typeof step === 'number'
      ? `[${step}]`
      : /^[\w$-]+$/.test(step)
        ? `.${step}`
        : `[${JSON.stringify(step)}]`,
  );
  const message = `Invalid event pattern at $${path.join('')}: received ${received}; allowed: ${allowed}.`;
  throw new InvalidEventPatternError(message, { cause });
}

/** Names a node in a few words, for error messages. */
export function describe(node: PatternNode): string {
  if (Array.isArray(node)) return node.length === 0 ? 'an empty array' : `an array of length ${node.length}`;
  if (!isPatternObject(node)) return shorten(JSON.stringify(node));
  const names = node.members.map(([name]) => JSON.stringify(name)).join(', ');
  return names === '' ? 'an empty object' : `an object with ${shorten(names)}`;
}

function shorten(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 60)}…`;
}

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\]]|[^\s,:{}[\]"]+/g;

/**
 * Reads the JSON text of a pattern. `JSON.parse` alone would drop all but the last of the members of one
 * name, and with it fields that EventBridge still asks for: `{"detail": {"a": […]}, "detail": {"b": […]}}`
 * names both `detail.a` and `detail.b`.
 *
 * @throws {InvalidEventPatternError} for text that isn't JSON
 */
export function parsePattern(patternJson: string): PatternNode {
  try {
    JSON.parse(patternJson);
  } catch (cause) {
    refuse([], 'text that is not JSON', 'a JSON object', cause);
  }
  // From here on the text is known to be valid, so that the order of its tokens needs no checks.
  const tokens = (patternJson.match(TOKEN) ?? []).values();
  const next = () => tokens.next().value ?? '';

  const read = (token: string): PatternNode => {
    if (token === '[') {
      const elements: PatternNode[] = [];
      for (let each = next(); each !== ']'; each = next()) elements.push(read(each));
      return elements;
    }
    if (token === '{') {
      const members: [string, PatternNode][] = [];
      for (let name = next(); name !== '}'; name = next()) members.push([JSON.parse(name), read(next())]);
      return { members };
    }
    return JSON.parse(token);
  };
  return read(next());
}
