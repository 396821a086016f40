import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { type Break, compareSchemas, type Mode, modes } from '@orders/schema-compatibility';
import { eventOf, readSnapshots, type Snapshot } from './release-snapshots.ts';
import { type EventSchema, readSchemas } from './schemas.ts';

/** What the check compared, and what it found. */
export interface Report {
  /** A line for each event: what was compared with which versions, in which mode. */
  compared: string[];
  /** A sentence for each break. */
  breaks: string[];
  /** A sentence for each schema that was changed without a changeset. */
  unannounced: string[];
}

/**
 * Compares today's schemas with every released one.
 *
 * @param root the repository: it holds `schemas/`, `.changeset/` and `packages/events/package.json`
 * @throws an Error that names the file where a schema, a snapshot, a mode or a changeset can't be read, where a
 *   snapshot isn't what was released, or where a released event has no schema any more.
 */
export async function checkSchemas(root: string): Promise<Report> {
  const schemas = await readSchemas(join(root, 'schemas'));
  const released = await readSnapshots(join(root, 'schemas'));
  if (released.size === 0) await refuseReleased(root);
  const gone = [...released.keys()].find((event) => !schemas.some((schema) => eventOf(schema) === event));
  if (gone !== undefined) {
    throw new Error(
      `schemas/${gone}.json: there is no such file, but schemas/released/${gone}/ holds released versions of it; ` +
        'consumers read this event, so its schema stays',
    );
  }
  const pending = await hasPendingChangeset(root);
  const report: Report = { compared: [], breaks: [], unannounced: [] };
  for (const event of schemas) {
    const mode = modeOf(event);
    // What was promised with a version holds for it, whatever is promised today.
    const modeWith = (snapshot: Snapshot) => (modeOf(snapshot) === mode ? mode : 'FULL');
    const snapshots = released.get(eventOf(event)) ?? [];
    const versions = snapshots.map((snapshot) => `${modeWith(snapshot)} with ${snapshot.version}`);
    report.compared.push(`${eventOf(event)}: ${versions.join(', ') || `${mode}, not released yet`}`);
    for (const snapshot of snapshots) {
      // A schema that stays needs no search.
      if (isDeepStrictEqual(snapshot.schema, event.schema)) continue;
      report.breaks.push(...describeRename(event, snapshot));
      const found = compareSchemas(snapshot.schema, event.schema, modeWith(snapshot));
      report.breaks.push(...found.map((one) => describeBreak(one, event, snapshot)));
    }
    const latest = snapshots.at(-1);
    if (!pending && !(latest && isDeepStrictEqual(latest.schema, event.schema))) {
      const differs = latest ? `it differs from ${latest.file}` : 'it is not released yet';
      report.unannounced.push(
        `schemas/${event.file}: ${differs}, and no changeset for @orders/events is pending; run \`pnpm changeset\``,
      );
    }
  }
  return report;
}

/** With no snapshot at all there is nothing to compare with, which is right only before the first release. */
async function refuseReleased(root: string): Promise<void> {
  const manifest = JSON.parse(await readFile(join(root, 'packages/events/package.json'), 'utf8'));
  if (manifest.version === '0.0.0') return;
  throw new Error(
    `schemas/released: it holds no schema, but @orders/events is released as ${manifest.version}; take the released ` +
      'schemas back from the history of the repository',
  );
}

/** The mode that a schema declares, `FULL` if it declares none. */
function modeOf({ file, schema }: Pick<EventSchema, 'file'> & { schema: object }): Mode {
  const { 'x-compatibility': declared = 'FULL' } = schema as Record<string, unknown>;
  const mode = modes.find((one) => one === declared);
  if (mode) return mode;
  throw new Error(
    `schemas/${file}: x-compatibility is ${JSON.stringify(declared)}; allowed are ${modes.join(', ')} (FULL if absent)`,
  );
}

/** Rules find an event by its source and detail-type, so another one of either is another event. */
function describeRename(event: EventSchema, { file, schema }: Snapshot): string[] {
  return ['x-amazon-events-source', 'x-amazon-events-detail-type'].flatMap((key) => {
    const [was, is] = [schema[key], event.schema[key]].map((value) => JSON.stringify(value));
    return was === is
      ? []
      : [`schemas/${event.file}: ${key} is ${is}, and was released as ${was} in ${file}`];
  });
}

function describeBreak(
  { direction, path, keyword, example }: Break,
  event: EventSchema,
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

/**
 * Whether a changeset that isn't released yet names @orders/events with a bump.
 *
 * @throws an Error that names the file of one that isn't a changeset, which `changeset version` would stumble over
 */
async function hasPendingChangeset(root: string): Promise<boolean> {
  const dir = join(root, '.changeset');
  if (!existsSync(dir)) return false;
  const files = (await readdir(dir)).filter((file) => file.endsWith('.md') && file !== 'README.md');
  const bumps = await Promise.all(
    files.map(async (file) => {
      const text = await readFile(join(dir, file), 'utf8');
      const frontMatter = /^---\r?\n((?:.*\r?\n)*?)---[ \t]*(?:\r?\n|$)/.exec(text)?.[1];
      if (frontMatter !== undefined) return frontMatter;
      throw new Error(
        `.changeset/${file}: not a changeset: received ${JSON.stringify(text.slice(0, 60))}; allowed is a text that ` +
          'begins with a line ---, a line such as "@orders/events": minor, and a line ---',
      );
    }),
  );
  return bumps.some((frontMatter) =>
    /^\s*(["']?)@orders\/events\1\s*:\s*(["']?)(patch|minor|major)\2\s*$/m.test(frontMatter),
  );
}
