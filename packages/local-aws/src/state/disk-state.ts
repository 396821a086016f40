import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { Collection, State } from './state.ts';
import { StateError } from './state-error.ts';
import { createTableStore } from './table-store.ts';

/** The version of what is on disk. Another one isn't read. */
const formatVersion = 2;

/**
 * A state in a folder. What was set is on disk when `set` returns, so that nothing is lost when the process is killed.
 *
 * @param stack what runs; a folder keeps the state of one stack
 * @throws {StateError} for a folder that can't be used: of another stack, in use, damaged, or not writable
 */
export function createDiskState(folder: string, stack: string): State {
  const database = open(folder, stack);
  const insert = database.prepare(
    'INSERT INTO items VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
  );
  const remove = database.prepare('DELETE FROM items WHERE collection = ? AND key = ?');
  const clear = database.prepare('DELETE FROM items WHERE collection = ?');
  const select = database.prepare('SELECT key, value FROM items WHERE collection = ? ORDER BY rowid');
  const collections = new Map<string, Collection<unknown>>();
  const tables = createTableStore();

  return {
    durable: true,
    collection<Value>(name: string) {
      const collection =
        collections.get(name) ?? new DiskCollection<unknown>(name, { insert, remove, clear, select });
      collections.set(name, collection);
      return collection as Collection<Value>;
    },
    tables,
    async close() {
      await tables.close();
      database.close();
    },
  };
}

function open(folder: string, stack: string): DatabaseSync {
  const file = join(folder, 'state.sqlite');
  let database: DatabaseSync | undefined;
  try {
    mkdirSync(folder, { recursive: true });
    database = new DatabaseSync(file);
    // The lock keeps a second process out. Without waiting for the disk, a write survives the end of the process.
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF');
    const { quick_check: check } = database.prepare('PRAGMA quick_check').get() ?? {};
    if (check !== 'ok') throw new Error(String(check));
    database.exec(`
      CREATE TABLE IF NOT EXISTS items (collection TEXT, key TEXT, value TEXT, PRIMARY KEY (collection, key));
      CREATE TABLE IF NOT EXISTS about (format INTEGER, stack TEXT)`);
  } catch (cause) {
    database?.close();
    throw new StateError(`${file} can't be used: ${problemOf(cause)}. Choose another folder with --data`, {
      cause,
    });
  }
  const about = database.prepare('SELECT format, stack FROM about').get();
  if (about && (about.format !== formatVersion || about.stack !== stack)) {
    database.close();
    throw new StateError(
      `${file} is the state of the stack ${about.stack} in format ${about.format}, and this is ${stack} in format ` +
        `${formatVersion}. Choose another folder with --data, or delete that one`,
    );
  }
  if (!about) database.prepare('INSERT INTO about VALUES (?, ?)').run(formatVersion, stack);
  return database;
}

function problemOf(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  if (message.includes('locked')) return 'another process uses it';
  if (/malformed|not a database/.test(message)) return `the file is damaged (${message})`;
  return message;
}

/** A collection whose values are in memory as well, for reading. */
class DiskCollection<Value> implements Collection<Value> {
  readonly #name: string;
  readonly #values = new Map<string, Value>();
  readonly #sql: Record<'insert' | 'remove' | 'clear', StatementSync>;

  constructor(name: string, sql: Record<'insert' | 'remove' | 'clear' | 'select', StatementSync>) {
    this.#name = name;
    this.#sql = sql;
    for (const { key, value } of sql.select.all(name))
      this.#values.set(String(key), JSON.parse(String(value)));
  }

  get size(): number {
    return this.#values.size;
  }

  get(key: string): Value | undefined {
    return this.#values.get(key);
  }

  // On disk first: what isn't written there, on a full disk say, isn't there at all.
  set(key: string, value: Value): this {
    this.#sql.insert.run(this.#name, key, JSON.stringify(value));
    this.#values.set(key, value);
    return this;
  }

  delete(key: string): boolean {
    this.#sql.remove.run(this.#name, key);
    return this.#values.delete(key);
  }

  clear(): void {
    this.#sql.clear.run(this.#name);
    this.#values.clear();
  }

  keys(): MapIterator<string> {
    return this.#values.keys();
  }

  values(): MapIterator<Value> {
    return this.#values.values();
  }
}
