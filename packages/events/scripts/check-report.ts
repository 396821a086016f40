import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { ContractEvent } from '@orders/contract';
import { type Break, compareSchemas, type Mode, modes } from '@orders/schema-compatibility';
import { hasPendingChangeset } from './changesets.ts';
import { readSnapshots, type Snapshot } from './release-snapshots.ts';
import { compareWithMain } from './released-history.ts';
import { readSchemas } from './schemas.ts';

/** What the check compared, and what it found. */
export interface Report {
  /** A line for each event: the versions that it was compared with, and the mode. A line for the history of releases. */
  compared: string[];
  /** A sentence for each break. */
  breaks: string[];
  /** A sentence for each schema that changed without a changeset. */
  unannounced: string[];
}

/**
 * Compares today's schemas with every released one, and the released ones with the history of the repository.
 *
 * @param root the repository, with `schemas/`, `.changeset/` and `packages/events/package.json`
 * @throws an Error that names the file where a schema, a snapshot, a mode or a changeset can't be read, where a
 *   snapshot differs from what was released, or where a released event has no schema any more
 */
export async function checkSchemas(root: string): Promise<Report> {
  const events = readSchemas(join(root, 'schemas'));
  const released = await readSnapshots(join(root, 'schemas'));
  const history = await checkHistory(root, [...released.values()].flat());
  const gone = [...released.keys()].find((id) => !events.some((event) => event.id === id));
  if (gone !== undefined) {
    throw new Error(
      `schemas/${gone}.json: the file is missing, but schemas/released/${gone}/ has released versions of the event; ` +
        'consumers read it, so its schema stays',
    );
  }
  const pending = await hasPendingChangeset(root);
  const report: Report = { compared: [], breaks: [], unannounced: [] };
  for (const event of events) compareEvent(event, released.get(event.id) ?? [], pending, report);
  report.compared.push(history);
  return report;
}

function compareEvent(event: ContractEvent, snapshots: Snapshot[], pending: boolean, report: Report): void {
  const file = `schemas/${event.id}.json`;
  const mode = modeOf(file, event.detail);
  // A promise made with a version holds for it, whatever today's schema promises.
  const modeWith = (snapshot: Snapshot) => (modeOf(snapshot.file, snapshot.schema) === mode ? mode : 'FULL');
  const versions = snapshots.map((snapshot) => `${modeWith(snapshot)} with ${snapshot.version}`);
  report.compared.push(`${event.id}: ${versions.join(', ') || `${mode}, not released yet`}`);
  for (const snapshot of snapshots) {
    // An unchanged schema needs no search.
    if (isDeepStrictEqual(snapshot.schema, event.detail)) continue;
    report.breaks.push(...describeRename(event, snapshot));
    const found = compareSchemas(snapshot.schema, event.detail, modeWith(snapshot));
    report.breaks.push(...found.map((one) => describeBreak(one, event, snapshot)));
  }
  const latest = snapshots.at(-1);
  if (!pending && !(latest && isDeepStrictEqual(latest.schema, event.detail))) {
    const differs = latest ? `it differs from ${latest.file}` : "it isn't released yet";
    report.unannounced.push(
      `${file}: ${differs}, and no changeset for @orders/events is pending; run \`pnpm changeset\``,
    );
  }
}

/**
 * Checks that no snapshot was edited, deleted or added by hand.
 *
 * @returns a line for the report
 */
async function checkHistory(root: string, snapshots: Snapshot[]): Promise<string> {
  const { version } = JSON.parse(await readFile(join(root, 'packages/events/package.json'), 'utf8'));
  if (snapshots.length === 0 && version !== '0.0.0') {
    throw new Error(
      `schemas/released: received no schema, but @orders/events is released as ${version}; restore the released ` +
        'schemas from the history of the repository',
    );
  }
  const history = compareWithMain(root);
  if ('skipped' in history) {
    return `released schemas: NOT compared with the history, because ${history.skipped}`;
  }
  const { base, known, changed } = history;
  const restore = `a released schema never changes; restore it by \`git checkout ${base.slice(0, 12)} -- <file>\``;
  const edited = changed.find((file) => known.includes(file));
  if (edited !== undefined) {
    const isGone = !snapshots.some(({ file }) => file === edited);
    throw new Error(`${edited}: it ${isGone ? 'is gone' : 'differs from what was released'}; ${restore}`);
  }
  const added = snapshots.find((one) => !known.includes(one.file) && one.version !== version);
  if (added) {
    throw new Error(
      `${added.file}: it isn't on main, and its version isn't that of @orders/events, ${version}; only ` +
        '`pnpm release:version` releases a schema',
    );
  }
  return `released schemas: as on main (${base.slice(0, 12)})`;
}

/** The mode that a schema declares; `FULL` if it declares none. */
function modeOf(file: string, schema: object): Mode {
  const { 'x-compatibility': declared = 'FULL' } = schema as Record<string, unknown>;
  const mode = modes.find((one) => one === declared);
  if (mode) return mode;
  throw new Error(
    `${file}: x-compatibility is ${JSON.stringify(declared)}; allowed are ${modes.join(', ')} (FULL if absent)`,
  );
}

/** Rules select an event by its source and detail-type, so a change of either makes another event. */
function describeRename({ id, detail }: ContractEvent, { file, schema }: Snapshot): string[] {
  return ['x-amazon-events-source', 'x-amazon-events-detail-type'].flatMap((key) => {
    const [was, is] = [schema[key], detail[key]].map((value) => JSON.stringify(value));
    return was === is ? [] : [`schemas/${id}.json: ${key} is ${is}, and was released as ${was} in ${file}`];
  });
}

function describeBreak(
  { direction, path, keyword, example }: Break,
  event: ContractEvent,
  snapshot: Snapshot,
): string {
  const name = `${event.detailType} ${snapshot.version}`;
  const [writer, reader] =
    direction === 'BACKWARD' ? [snapshot.version, "today's schema"] : ["today's schema", snapshot.version];
  if (!example) {
    return (
      `${name}: ${path} may break ${direction}: whether ${reader} accepts everything that ${writer} writes is ` +
      `undecided at "${keyword}", and that counts as a break.`
    );
  }
  return (
    `${name}: ${path} breaks ${direction} (${keyword}): ${writer} accepts this event and ${reader} refuses it: ` +
    `${JSON.stringify(example.document)}`
  );
}
