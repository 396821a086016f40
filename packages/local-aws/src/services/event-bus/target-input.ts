import type { JsonValue } from '../../json.ts';
import { block, type Resource } from '../../plan/read-plan.ts';
import { UnsupportedError } from '../../plan/unsupported-error.ts';
import { type BusEvent, DeliveryError } from '../../target.ts';
import { parseEventPath } from './event-path.ts';

/** What EventBridge knows of a delivery beside the event. */
export interface DeliveryFacts {
  ruleName: string;
  ruleArn: string;
  /** When the bus got the event, milliseconds since 1970. */
  receivedAt: number;
}

/**
 * Makes the text that a target gets of an event. It is JSON, or several lines with a text in JSON's quotes on each.
 *
 * @throws {DeliveryError} INVALID_JSON for an event that the target's template makes no JSON of
 */
export type TargetInput = (event: BusEvent, facts: DeliveryFacts) => string;

/**
 * Reads `input`, `input_path` and `input_transformer` of a target. Without them, the target gets the event.
 *
 * @throws {UnsupportedError} for what EventBridge refuses, and for a template that it would make no JSON of
 */
export function readTargetInput(target: Resource): TargetInput {
  const { address, attributes } = target;
  const given = ['input', 'input_path', 'input_transformer'].filter((name) => attributes[name] !== undefined);
  if (given.length > 1) {
    throw new UnsupportedError(`${address}: EventBridge takes only one of ${given.join(' and ')}`);
  }
  const { input, input_path: path } = attributes;
  if (input !== undefined) return () => String(input);
  if (path !== undefined) return fromPath(String(path), `${address}.input_path`);
  if (attributes.input_transformer !== undefined) return readTransformer(target);
  return (event) => JSON.stringify(event);
}

function fromPath(path: string, where: string): TargetInput {
  const at = parseEventPath(path, where);
  return (event) => {
    const value = at(event as unknown as JsonValue);
    if (value !== undefined) return JSON.stringify(value);
    throw new DeliveryError(
      'INVALID_JSON',
      `The event has nothing at ${path}, which is the target's input_path`,
      {
        retry: false,
      },
    );
  };
}

/** The variables of every template. */
const predefined: Readonly<Record<string, (event: BusEvent, facts: DeliveryFacts) => JsonValue>> = {
  'aws.events.rule-arn': (_, { ruleArn }) => ruleArn,
  'aws.events.rule-name': (_, { ruleName }) => ruleName,
  'aws.events.event.ingestion-time': (_, { receivedAt }) => new Date(receivedAt).toISOString(),
  'aws.events.event': ({ detail: _, 'detail-type': detailType, ...event }) => ({ ...event, detailType }),
  'aws.events.event.json': (event) => event as unknown as JsonValue,
};

type ValueOf = (event: BusEvent, facts: DeliveryFacts) => JsonValue | undefined;

function readTransformer(target: Resource): TargetInput {
  const where = `${target.address}.input_transformer`;
  const { input_paths: paths, input_template: template } = block(target, 'input_transformer', [
    'input_paths',
    'input_template',
  ]);
  const text = String(template ?? '').trim();
  const variables = new Map<string, ValueOf>(Object.entries(predefined));
  for (const [name, path] of Object.entries((paths ?? {}) as Record<string, JsonValue>)) {
    if (/^aws/i.test(name)) {
      throw new UnsupportedError(
        `${where}: EventBridge takes no variable whose name begins with "AWS", received ${name}`,
      );
    }
    const at = parseEventPath(String(path), `${where}.input_paths.${name}`);
    variables.set(name, (event) => at(event as unknown as JsonValue));
  }
  for (const [, name = ''] of text.matchAll(placeholder)) {
    if (variables.has(name)) continue;
    throw new UnsupportedError(
      `${where}: input_template contains the placeholder <${name}>; input_paths has ${Object.keys(paths ?? {}).join(', ') || 'none'}, ` +
        `and EventBridge knows ${Object.keys(predefined).join(', ')}`,
    );
  }
  // With any text in the place of its variables a template is what it will be with the values of an event.
  if (!isTaken(fill(text, () => 'text'))) {
    throw new UnsupportedError(
      `${where}: input_template makes neither JSON nor lines of text in quotes, received ${text}`,
    );
  }
  return (event, facts) => {
    const filled = fill(text, (name) => variables.get(name)?.(event, facts));
    if (isTaken(filled)) return filled;
    throw new DeliveryError(
      'INVALID_JSON',
      `The target's input_template makes no JSON of the event: ${filled}`,
      {
        retry: false,
      },
    );
  };
}

const placeholder = /<([\w.-]+)>/g;

/**
 * Puts values into a template, as AWS was seen to do it. In quotes, a text goes in as it is; what holds others goes in
 * as its JSON, in a template of lines less the quotes. Outside of quotes, a value goes in as JSON. What the event
 * doesn't have is an empty text.
 */
function fill(template: string, read: (name: string) => JsonValue | undefined): string {
  const isLines = template.startsWith('"');
  let inQuotes = false;
  return template.replace(/\\.|"|<([\w.-]+)>/gs, (match, name: string | undefined) => {
    if (match === '"') inQuotes = !inQuotes;
    if (name === undefined) return match;
    const value = read(name) ?? '';
    if (!inQuotes) return JSON.stringify(value);
    if (typeof value === 'string') return JSON.stringify(value).slice(1, -1);
    const json = JSON.stringify(value);
    return isLines ? json.replaceAll('"', '') : json;
  });
}

/** Is this what a target can get: JSON, or lines that are texts in JSON? */
const isTaken = (text: string): boolean =>
  isJson(text) || text.split('\n').every((line) => /^\s*"/.test(line) && isJson(line));

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
