import type { JsonScalar } from './json.ts';

/** JSON as it was written: an object keeps the order of its members, and members of the same name. */
export type JsonNode = JsonScalar | readonly JsonNode[] | ObjectNode;
export interface ObjectNode {
  readonly members: readonly (readonly [name: string, value: JsonNode])[];
}

export const isArrayNode = (node: JsonNode): node is readonly JsonNode[] => Array.isArray(node);

export const isObjectNode = (node: JsonNode): node is ObjectNode =>
  typeof node === 'object' && node !== null && !Array.isArray(node);

// A string is written without alternatives in a loop, which overflows the stack on a text of ten million characters.
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\]]|[^\s,:{}[\]"]+/g;

/**
 * Splits JSON text into its brackets and scalars.
 *
 * @throws {SyntaxError} for text that isn't JSON
 */
export function tokensOf(text: string): string[] {
  JSON.parse(text);
  // From here on the text is valid JSON, so the order of the tokens needs no checks.
  return text.match(TOKEN) ?? [];
}

/**
 * Reads the tokens of a JSON text. `JSON.parse` keeps only the last member of a name, but EventBridge reads all of
 * them: `{"detail": {"a": […]}, "detail": {"b": […]}}` names both `detail.a` and `detail.b`.
 */
export function readTokens(tokens: readonly string[]): JsonNode {
  const rest = tokens.values();
  const next = () => rest.next().value ?? '';

  const read = (token: string): JsonNode => {
    if (token === '[') {
      const elements: JsonNode[] = [];
      for (let each = next(); each !== ']'; each = next()) elements.push(read(each));
      return elements;
    }
    if (token === '{') {
      const members: [string, JsonNode][] = [];
      for (let name = next(); name !== '}'; name = next()) members.push([JSON.parse(name), read(next())]);
      return { members };
    }
    return JSON.parse(token);
  };
  return read(next());
}

/** Writes a node as JSON text, without white space. */
export function writeNode(node: JsonNode): string {
  if (isArrayNode(node)) return `[${node.map(writeNode).join(',')}]`;
  if (!isObjectNode(node)) return JSON.stringify(node);
  return `{${node.members.map(([name, value]) => `${JSON.stringify(name)}:${writeNode(value)}`).join(',')}}`;
}

/** Names a node in a few words. */
export function describeNode(node: JsonNode): string {
  if (isArrayNode(node)) return node.length === 0 ? 'an empty array' : `an array of length ${node.length}`;
  if (!isObjectNode(node)) return shorten(JSON.stringify(node));
  const names = node.members.map(([name]) => JSON.stringify(name)).join(', ');
  return names === '' ? 'an empty object' : `an object with ${shorten(names)}`;
}

/** Cuts a text that is too long for a sentence. */
export const shorten = (text: string): string => (text.length <= 60 ? text : `${text.slice(0, 60)}…`);
