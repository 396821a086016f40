import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type ContractEvent, readContract } from '@orders/contract';
import { checkCarried, isCause } from './carried-fields.ts';
import { CatalogueError } from './catalogue-error.ts';
import type { Party, Publisher, Rule, Topology } from './topology.ts';

/** An event, with its publisher and its consumers. */
export interface CatalogueEvent extends ContractEvent {
  publisher: Party;
  /** The rules that match the event, each with its target. */
  rules: Rule[];
  /** The released versions of the schema, the oldest first. */
  versions: string[];
}

export interface Catalogue {
  busName: string;
  events: CatalogueEvent[];
}

/**
 * Joins the schemas and the stack.
 *
 * @throws {CatalogueError} that says what to change if they disagree about the publisher of an event, or if a field is lost on the way
 */
export function readCatalogue(schemasDir: string, { busName, publishers, rules }: Topology): Catalogue {
  const schemas = readContract(schemasDir);
  for (const { id, publishes } of publishers) {
    const stranger = publishes.find(
      (detailType) => !schemas.some((event) => event.detailType === detailType),
    );
    if (stranger !== undefined)
      throw new CatalogueError(`${id} publishes "${stranger}", which has no schema in schemas/`);
  }
  const events = schemas.map((event) => ({
    ...event,
    publisher: publisherOf(event, publishers),
    rules: rules.filter(({ name, pattern }) => matches(name, pattern, event)),
    versions: releasedVersions(join(schemasDir, 'released', event.id)),
  }));
  checkCarried(events);
  return { busName, events: inTheirOrder(events) };
}

/** Sorts the events so that each comes after those that its publisher consumes. */
function inTheirOrder(events: CatalogueEvent[]): CatalogueEvent[] {
  const left = [...events];
  return events.flatMap(() => {
    // In a circle, any may be the first.
    const next = left.findIndex((event) => !left.some((cause) => isCause(cause, event)));
    return left.splice(Math.max(next, 0), 1);
  });
}

/** The publisher that both the schema and the stack name. */
function publisherOf({ id, detailType, publishedBy }: ContractEvent, publishers: Publisher[]): Publisher {
  const fail = (what: string): never => {
    throw new CatalogueError(`schemas/${id}.json: its x-published-by is "${publishedBy}", ${what}`);
  };
  const publisher = publishers.find((candidate) => candidate.id === publishedBy);
  if (!publisher)
    return fail(`and the stack has only ${publishers.map((candidate) => candidate.id).join(', ')}`);
  if (!publisher.mayPublish) fail('whose role may not put events on the bus');
  if (publisher.kind === 'state machine' && !publisher.publishes.includes(detailType))
    fail(`whose definition publishes ${publisher.publishes.join(', ') || 'nothing'}`);
  const other = publishers.find(
    (candidate) => candidate !== publisher && candidate.publishes.includes(detailType),
  );
  if (other) fail(`but the state machine ${other.id} publishes it`);
  return publisher;
}

/** Whether a pattern can match the event by its source and detail-type. It ignores the part about the detail. */
function matches(rule: string, pattern: Rule['pattern'], { source, detailType }: ContractEvent): boolean {
  const names = (field: 'source' | 'detail-type', value: string) => {
    const allowed = pattern[field];
    const odd = allowed?.find((each) => typeof each !== 'string');
    if (odd !== undefined)
      throw new CatalogueError(`${rule}: ${field} is ${JSON.stringify(odd)}; the documents know names only`);
    return allowed === undefined || allowed.includes(value);
  };
  return names('source', source) && names('detail-type', detailType);
}

function releasedVersions(dir: string): string[] {
  if (!existsSync(dir)) return [];
  const files = readdirSync(dir).filter((file) => file.endsWith('.json'));
  return files
    .map((file) => basename(file, '.json'))
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
}

/** The newest version of any event. One package releases them all. */
export const latestVersion = (events: readonly CatalogueEvent[]) =>
  events
    .flatMap(({ versions }) => versions)
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    .at(-1) ?? '0.0.0';
