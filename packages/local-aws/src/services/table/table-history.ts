import type { Clock } from '../../clock.ts';
import { type JsonObject, jsonLength } from '../../json.ts';
import { fromOldest } from '../../state/from-oldest.ts';
import { SizedCollection } from '../../state/sized-collection.ts';
import type { State } from '../../state/state.ts';

/** The rows of a table at earlier times, for its restore. */
export interface TableHistory {
  /** Since when they are known, in milliseconds since 1970. */
  readonly since: number;
  /** Notes a row as a write left it; undefined for one that was removed. */
  note(key: JsonObject, row: JsonObject | undefined): void;
  /** Notes that a part of a row was written. The row is read when it is needed. */
  touch(key: JsonObject): void;
  /** Reads a row that was touched earlier. Call it before a write. */
  before(key: JsonObject): Promise<void>;
  /** The rows as they were at a time, which is not before {@link since}. */
  rowsAt(at: number): Promise<JsonObject[]>;
  /** Reads what was touched, so that the next wiring that opens the history has it. */
  close(): Promise<void>;
}

/** A row as it was from a time on. */
interface Change {
  key: string;
  at: number;
  /** Left out for a row that isn't there any more. */
  row?: JsonObject;
}

export interface TableHistoryParts {
  state: Pick<State, 'collection'>;
  clock: Clock;
  /** Reads a row as it is; undefined for one that isn't there. */
  read(key: JsonObject): Promise<JsonObject | undefined>;
  /** Reads all rows, for the beginning of a history. */
  readAll(): Promise<readonly { key: JsonObject; row: JsonObject }[]>;
  /** How many days back the table can be restored. */
  restorableDays: number;
  /** How many changes are kept; 20,000 if left out. The oldest go first, and with them the times before. */
  maxChanges?: number;
}

const dayMs = 24 * 60 * 60 * 1_000;
/** So many are read from the disk, for each table, in a small part of the two seconds in which a start is ready. */
const defaultMaxChanges = 20_000;
/** How much the rows of the changes may have, in characters of JSON. */
const maxLength = 16 * 1024 * 1024;

/** Forgets the history of a table, which isn't to be restored. */
export function forgetTableHistory(table: string, { collection }: Pick<State, 'collection'>): void {
  collection(beginnings).delete(table);
  collection(baseOf(table)).clear();
  collection(changesOf(table)).clear();
}

const beginnings = 'beginnings of the histories of tables';
const baseOf = (table: string) => `rows of ${table} before its changes`;
const changesOf = (table: string) => `changes of ${table}`;

/**
 * Opens the history of a table, in the state. It begins with the rows that are there, unless it is there already.
 *
 * A row of which a part is written is read only when it changes again in a later second, or for a restore: DynamoDB, too,
 * restores to whole seconds.
 */
export async function openTableHistory(
  table: string,
  { state, clock, read, readAll, restorableDays, maxChanges = defaultMaxChanges }: TableHistoryParts,
): Promise<TableHistory> {
  const begun = state.collection<number>(beginnings);
  /** The rows before the first change. */
  const base = state.collection<JsonObject>(baseOf(table));
  const changes = new SizedCollection<Change>(state.collection<Change>(changesOf(table)), ({ row }) =>
    jsonLength(row),
  );
  const nextOldest = fromOldest(() => changes.keys());
  let sequence = Math.max(0, ...[...changes.keys()].map(Number));
  /** When rows were touched that haven't been read since. */
  const touched = new Map<string, number>();

  if (begun.get(table) === undefined) {
    for (const { key, row } of await readAll()) base.set(JSON.stringify(key), row);
    begun.set(table, clock.now());
  }

  const append = (key: string, at: number, row: JsonObject | undefined) => {
    sequence += 1;
    changes.set(String(sequence), { key, at, ...(row && { row }) });
    while (changes.size > maxChanges || changes.bytes > maxLength) {
      const oldest = nextOldest() ?? '';
      const { key: changed, at: changedAt, row: then } = changes.get(oldest) ?? { key: '', at: 0 };
      // In this order, a kill in between leaves every row of the times that are still known.
      begun.set(table, Math.max(changedAt, begun.get(table) ?? 0));
      if (then) base.set(changed, then);
      else base.delete(changed);
      changes.delete(oldest);
    }
  };
  const readTouched = async (key: string): Promise<void> => {
    const at = touched.get(key);
    if (at === undefined) return;
    const row = await read(JSON.parse(key) as JsonObject);
    // It may have been read, or written, meanwhile.
    if (touched.get(key) === at && touched.delete(key)) append(key, at, row);
  };
  const readAllTouched = async () => {
    for (const key of [...touched.keys()]) await readTouched(key);
  };
  const second = (ms: number) => Math.floor(ms / 1_000);

  return {
    get since() {
      return Math.max(begun.get(table) ?? clock.now(), clock.now() - restorableDays * dayMs);
    },
    note(key, row) {
      const text = JSON.stringify(key);
      touched.delete(text);
      append(text, clock.now(), row);
    },
    touch(key) {
      touched.set(JSON.stringify(key), clock.now());
    },
    async before(key) {
      const text = JSON.stringify(key);
      const at = touched.get(text);
      if (at !== undefined && second(at) < second(clock.now())) await readTouched(text);
    },
    async rowsAt(at) {
      await readAllTouched();
      const rows = new Map([...base.keys()].map((key) => [key, base.get(key)]));
      for (const change of [...changes.values()].sort((a, b) => a.at - b.at)) {
        if (change.at <= at) rows.set(change.key, change.row);
      }
      return [...rows.values()].filter((row) => row !== undefined);
    },
    close: readAllTouched,
  };
}
