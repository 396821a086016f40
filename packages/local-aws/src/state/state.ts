import { createTableStore, type TableStore } from './table-store.ts';

/** Values by key, in the order in which their keys came first. A value that changed is set again. */
export interface Collection<Value> {
  readonly size: number;
  get(key: string): Value | undefined;
  set(key: string, value: Value): unknown;
  delete(key: string): boolean;
  clear(): void;
  keys(): Iterable<string>;
  values(): Iterable<Value>;
}

/**
 * What the services keep: rows, messages, log lines, executions. It outlives the wiring, so that a stack that changed
 * is wired anew around what is there.
 */
export interface State {
  /** Whether the collections outlive the process. */
  readonly durable: boolean;
  /** The collection of a name, the same one each time: `messages of arn:…`. */
  collection<Value>(name: string): Collection<Value>;
  /** The DynamoDB tables, in memory. Where the state is durable, their rows are in collections as well. */
  tables: TableStore;
  close(): Promise<void>;
}

/** A state in memory. */
export function createState(): State {
  const collections = new Map<string, Collection<unknown>>();
  const tables = createTableStore();
  return {
    durable: false,
    collection<Value>(name: string) {
      const collection = collections.get(name) ?? new Map<string, unknown>();
      collections.set(name, collection);
      return collection as Collection<Value>;
    },
    tables,
    close: () => tables.close(),
  };
}
