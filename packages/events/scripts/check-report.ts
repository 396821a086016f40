import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { ContractEvent } from '@orders/contract';
import { hasPendingChangeset } from './changesets.ts';
import { breaksBetween, modeBetween, modeOf } from './event-breaks.ts';
import { readSnapshots, type Snapshot } from './release-snapshots.ts';
import { compareWithMain, type History } from './released-history.ts';
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
 * @param historyOf compares the released schemas of a repository with its history, by git
 * @throws an Error that names the file where a schema, a snapshot, a mode or a changeset can't be read, where a
 *   snapshot differs from what was released, or where a released event has no schema any more
 */
export async function checkSchemas(
  root: string,
  historyOf: (root: string) => History = compareWithMain,
): Promise<Report> {
  const events = readSchemas(join(root, 'schemas'));
  const released = await readSnapshots(join(root, 'schemas'));
  const history = await checkHistory(root, [...released.values()].flat(), historyOf);
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
  const today = { name: "today's schema", file, schema: event.detail };
  const mode = modeOf(today);
  const released = snapshots.map((snapshot) => ({ ...snapshot, name: snapshot.version }));
  const versions = released.map((each) => `${modeBetween(each, today)} with ${each.name}`);
  report.compared.push(`${event.id}: ${versions.join(', ') || `${mode}, not released yet`}`);
  for (const each of released) {
    report.breaks.push(...breaksBetween(event.detailType, each, today).map(({ text }) => text));
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
async function checkHistory(
  root: string,
  snapshots: Snapshot[],
  historyOf: (root: string) => History,
): Promise<string> {
  const { version } = JSON.parse(await readFile(join(root, 'packages/events/package.json'), 'utf8'));
  if (snapshots.length === 0 && version !== '0.0.0') {
    throw new Error(
      `schemas/released: received no schema, but @orders/events is released as ${version}; restore the released ` +
        'schemas from the history of the repository',
    );
  }
  const history = historyOf(root);
  if ('skipped' in history) {
    return `released schemas: NOT compared with the history, because ${history.skipped}`;
  }
  const { base, isOnMain } = history;
  const restore = `a released schema never changes; restore it by \`git checkout ${base.slice(0, 12)} -- <file>\``;
  const [edited] = history.edited;
  if (edited !== undefined) {
    const isGone = !snapshots.some(({ file }) => file === edited);
    throw new Error(`${edited}: it ${isGone ? 'is gone' : 'differs from what was released'}; ${restore}`);
  }
  const added = snapshots.find((one) => one.version !== version && !isOnMain(one.file));
  if (added) {
    throw new Error(
      `${added.file}: it isn't on main, and its version isn't that of @orders/events, ${version}; only ` +
        '`pnpm release:version` releases a schema',
    );
  }
  return `released schemas: as on main (${base.slice(0, 12)})`;
}
