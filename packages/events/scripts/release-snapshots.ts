import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { createAjv } from '@orders/schema-compatibility';
import type { SchemaObject } from 'ajv';
import type { EventSchema } from './schemas.ts';

/** A schema as a version of @orders/events released it. */
export interface Snapshot {
  /** The event, by its file's name: `order-placed`. */
  event: string;
  version: string;
  /** The path in messages: `schemas/released/order-placed/0.1.0.json`. */
  file: string;
  schema: SchemaObject;
}

/**
 * Reads every released schema below `schemas/released`, each event's oldest version first.
 *
 * @returns the snapshots by event; an empty map when nothing is released yet
 * @throws an Error that names the file for one that isn't `<event>/<version>.json`, isn't JSON, or isn't a draft-07 JSON
 *   Schema
 */
export async function readSnapshots(schemasDir: string): Promise<Map<string, Snapshot[]>> {
  const releasedDir = join(schemasDir, 'released');
  const snapshots = new Map<string, Snapshot[]>();
  if (!existsSync(releasedDir)) return snapshots;
  for (const entry of (await readdir(releasedDir, { withFileTypes: true })).sort(byName)) {
    if (!entry.isDirectory()) {
      throw new Error(
        `schemas/released/${entry.name}: received a file, allowed are folders; a snapshot is <event>/<version>.json`,
      );
    }
    const files = (await readdir(join(releasedDir, entry.name))).sort();
    const ofEvent = await Promise.all(files.map((file) => readSnapshot(schemasDir, entry.name, file)));
    snapshots.set(
      entry.name,
      ofEvent.sort((left, right) => compareVersions(left.version, right.version)),
    );
  }
  return snapshots;
}

/** Knows the schema of draft-07, which it compiles once. */
const draft07 = createAjv({ strict: false, logger: false });

const byName = (left: { name: string }, right: { name: string }) => (left.name < right.name ? -1 : 1);

async function readSnapshot(schemasDir: string, event: string, name: string): Promise<Snapshot> {
  const file = `schemas/released/${event}/${name}`;
  const version = /^(\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?)\.json$/.exec(name)?.[1];
  if (!version)
    throw new Error(`${file}: its name isn't a version; a snapshot has a name such as 1.2.0.json`);
  let schema: unknown;
  try {
    schema = JSON.parse(await readFile(join(schemasDir, 'released', event, name), 'utf8'));
  } catch (error) {
    throw new Error(`${file}: not readable as JSON: ${(error as Error).message}`, { cause: error });
  }
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) {
    const received = JSON.stringify(schema).slice(0, 60);
    throw new Error(`${file}: not a JSON Schema: received ${received}, allowed is an object`);
  }
  if (!draft07.validateSchema(schema)) {
    throw new Error(`${file}: not a draft-07 JSON Schema: ${draft07.errorsText()}`);
  }
  return { event, version, file, schema };
}

/** Orders versions: numbers by value, and a pre-release before its release. */
export function compareVersions(left: string, right: string): number {
  const [leftCore = '', leftPre] = splitVersion(left);
  const [rightCore = '', rightPre] = splitVersion(right);
  const core = leftCore.localeCompare(rightCore, 'en', { numeric: true });
  if (core !== 0) return core;
  if (leftPre === undefined || rightPre === undefined) {
    return Number(leftPre === undefined) - Number(rightPre === undefined);
  }
  return leftPre.localeCompare(rightPre, 'en', { numeric: true });
}

function splitVersion(version: string): [string, string | undefined] {
  const [core = '', ...pre] = version.split('-');
  return [core, pre.length > 0 ? pre.join('-') : undefined];
}

/** The outcome for one event at a release. */
export interface Snapshotted {
  event: string;
  /** The file with the schema of this version: a new one, or an older one that is equal. */
  file: string;
  written: boolean;
}

/**
 * Keeps today's schemas as those that `version` releases. A schema that equals its latest snapshot gets no new file: the
 * version in a file's name is the first that released the schema.
 *
 * @throws an Error when the version, or a later one, released a different schema; then nothing is written
 */
export async function writeSnapshots(
  schemasDir: string,
  events: EventSchema[],
  version: string,
): Promise<Snapshotted[]> {
  const released = await readSnapshots(schemasDir);
  const results = events.map(({ id, detail }): Snapshotted => {
    const snapshots = released.get(id) ?? [];
    const latest = snapshots.at(-1);
    if (latest && isDeepStrictEqual(latest.schema, detail))
      return { event: id, file: latest.file, written: false };
    const newer = snapshots.find((one) => compareVersions(one.version, version) >= 0);
    if (newer) {
      throw new Error(
        `schemas/${id}.json: it differs from ${newer.file}, and @orders/events is at ${version}; a released ` +
          'schema never changes: run `pnpm changeset`, so that the next version releases this one',
      );
    }
    return { event: id, file: `schemas/released/${id}/${version}.json`, written: true };
  });
  for (const { event, written } of results) {
    if (!written) continue;
    const dir = join(schemasDir, 'released', event);
    await mkdir(dir, { recursive: true });
    // Copied as text, so that a diff between the two shows nothing.
    const text = await readFile(join(schemasDir, `${event}.json`), 'utf8');
    await writeFile(join(dir, `${version}.json`), text, { flag: 'wx' });
  }
  return results;
}
