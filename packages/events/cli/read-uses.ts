import type { ContractEvent } from '@orders/contract';
import { fieldPaths } from '../scripts/field-paths.ts';
import { isFieldOf } from '../src/field-names.ts';
import { type Context, UsageError } from './command.ts';
import { findEvent } from './contract.ts';
import { isJsonObject, type JsonObject } from './json.ts';
import { nameOf, readDocument } from './read-document.ts';
import { type DeclaredPattern, patternsIn, readPattern, readPatterns } from './read-patterns.ts';

/** A consumer, and the fields of an event that it reads. */
export interface Consumer {
  readonly name: string;
  readonly event: ContractEvent;
  /** The names from the detail to each field, joined by dots; undefined for all of them. */
  readonly fields: readonly string[] | undefined;
}

/** Everything that uses the events. */
export interface Uses {
  readonly consumers: readonly Consumer[];
  readonly rules: readonly DeclaredPattern[];
}

const allowed =
  '{"consumers": [{"name": "billing", "event": "Order Placed", "fields": ["value"]}], ' +
  '"rules": [{"name": "large-orders", "pattern": {"detail": {"value": [{"numeric": [">", 100]}]}}}]}';

/**
 * Reads who uses the events: from files that declare it, and from the rules in templates.
 *
 * @param events the events before the change
 * @throws {UsageError} that names the file and what is allowed there
 */
export async function readUses(
  files: readonly string[],
  events: readonly ContractEvent[],
  context: Context,
): Promise<Uses> {
  const uses = await Promise.all(files.map((file) => readFileOfUses(file, events, context)));
  return {
    consumers: uses.flatMap(({ consumers }) => consumers),
    rules: uses.flatMap(({ rules }) => rules).filter(({ isOfDefaultBus }) => !isOfDefaultBus),
  };
}

async function readFileOfUses(
  file: string,
  events: readonly ContractEvent[],
  context: Context,
): Promise<Uses> {
  if (!/\.(json|ya?ml)$/.test(file) && file !== '-') {
    return { consumers: [], rules: await readPatterns([file], context) };
  }
  const document = await readDocument(file, context);
  if (!isJsonObject(document) || !('consumers' in document || 'rules' in document)) {
    return { consumers: [], rules: patternsIn(file, document) };
  }
  const { consumers = [], rules = [], ...others } = document;
  const name = nameOf(file);
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw new UsageError(`${name}: received ${unknown}; allowed is ${allowed}`);
  return {
    consumers: listIn(consumers, `${name}: consumers`).map((each, index) =>
      readConsumer(each, `${name}: consumers[${index}]`, events),
    ),
    rules: listIn(rules, `${name}: rules`).map((each, index) =>
      readRule(each, `${name}: rules[${index}]`, file),
    ),
  };
}

function listIn(value: unknown, place: string): unknown[] {
  if (Array.isArray(value)) return value;
  throw new UsageError(`${place}: received ${JSON.stringify(value)}; allowed is a list, as in ${allowed}`);
}

function readEntry(value: unknown, place: string, names: readonly string[]): JsonObject & { name: string } {
  const unknown = isJsonObject(value) && Object.keys(value).find((key) => !names.includes(key));
  if (!isJsonObject(value) || typeof value.name !== 'string' || unknown) {
    throw new UsageError(
      `${place}: received ${JSON.stringify(value)}; allowed is an object with ${names.join(', ')}, as in ${allowed}`,
    );
  }
  return value as JsonObject & { name: string };
}

function readConsumer(value: unknown, place: string, events: readonly ContractEvent[]): Consumer {
  const { name, event: named, fields } = readEntry(value, place, ['name', 'event', 'fields']);
  const event = findUsed(events, String(named), place);
  if (fields === undefined) return { name, event, fields };
  const known = fieldPaths(event.detail);
  const isList = Array.isArray(fields) && fields.every((field) => typeof field === 'string');
  const unknown = isList
    ? (fields as string[]).find((field) => !isFieldOf(known, field))
    : JSON.stringify(fields);
  if (unknown !== undefined) {
    throw new UsageError(
      `${place}: fields has ${unknown}; allowed is a list of the fields of ${event.detailType}: ${known.join(', ')}`,
    );
  }
  return { name, event, fields: fields as string[] };
}

function findUsed(events: readonly ContractEvent[], named: string, place: string): ContractEvent {
  try {
    return findEvent(events, named);
  } catch (error) {
    throw new UsageError(`${place}: ${(error as Error).message}`, { cause: error });
  }
}

function readRule(value: unknown, place: string, file: string): DeclaredPattern {
  const { name, pattern } = readEntry(value, place, ['name', 'pattern']);
  const text = JSON.stringify(pattern ?? null);
  return { name, file, isOfDefaultBus: false, parse: () => readPattern(`${place} (${name})`, text, false) };
}
