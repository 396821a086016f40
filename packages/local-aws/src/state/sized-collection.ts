import type { Collection } from './state.ts';

/** A collection that counts the bytes of its values, for whoever has to limit them. */
export class SizedCollection<Value> implements Collection<Value> {
  readonly #values: Collection<Value>;
  readonly #sizeOf: (value: Value) => number;
  #bytes = 0;

  /** @param sizeOf how many bytes a value takes; values are never changed in place */
  constructor(values: Collection<Value>, sizeOf: (value: Value) => number) {
    this.#values = values;
    this.#sizeOf = sizeOf;
    for (const value of values.values()) this.#bytes += sizeOf(value);
  }

  /** The bytes of all values. */
  get bytes(): number {
    return this.#bytes;
  }

  get size(): number {
    return this.#values.size;
  }

  get(key: string): Value | undefined {
    return this.#values.get(key);
  }

  set(key: string, value: Value): this {
    const before = this.#bytesAt(key);
    this.#values.set(key, value);
    this.#bytes += this.#sizeOf(value) - before;
    return this;
  }

  delete(key: string): boolean {
    const before = this.#bytesAt(key);
    const deleted = this.#values.delete(key);
    this.#bytes -= before;
    return deleted;
  }

  clear(): void {
    this.#values.clear();
    this.#bytes = 0;
  }

  keys(): Iterable<string> {
    return this.#values.keys();
  }

  values(): Iterable<Value> {
    return this.#values.values();
  }

  #bytesAt(key: string): number {
    const value = this.#values.get(key);
    return value === undefined ? 0 : this.#sizeOf(value);
  }
}
