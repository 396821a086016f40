import { inflateRawSync } from 'node:zlib';
import { type AsyncFlateStreamHandler, Unzip, type UnzipFileInfo, UnzipPassThrough, unzipSync } from 'fflate';

/** Inflates by Node's zlib: in JavaScript it takes ten times as long, and each start does it for each function. */
class Inflate {
  static compression = 8;
  ondata!: AsyncFlateStreamHandler;
  readonly #chunks: Uint8Array[] = [];
  readonly #chunkSize: number;

  constructor(_name: string, _size?: number, originalSize = 0) {
    // In one piece: by default, zlib allocates 16 KiB for each.
    this.#chunkSize = Math.min(Math.max(originalSize, 64) + 1, 1_048_576);
  }

  push(chunk: Uint8Array, isLast: boolean): void {
    this.#chunks.push(chunk);
    if (isLast)
      this.ondata(null, inflateRawSync(Buffer.concat(this.#chunks), { chunkSize: this.#chunkSize }), true);
  }
}

/**
 * The files of a zip, by their names.
 *
 * @throws an Error for bytes that aren't a zip
 */
export function unzip(bytes: Uint8Array): Record<string, Uint8Array> {
  const files: UnzipFileInfo[] = [];
  // The directory at its end says what is in it: bytes that are cut short have none.
  unzipSync(bytes, { filter: (file) => files.push(file) < 0 });
  const chunks = new Map<string, Uint8Array[]>();
  const reader = new Unzip((file) => {
    const ofFile: Uint8Array[] = [];
    chunks.set(file.name, ofFile);
    file.ondata = (error, chunk) => {
      if (error) throw error;
      ofFile.push(chunk);
    };
    file.start();
  });
  reader.register(UnzipPassThrough);
  reader.register(Inflate);
  reader.push(bytes, true);
  return Object.fromEntries(
    files.map(({ name, originalSize }) => {
      const whole = Buffer.concat(chunks.get(name) ?? []);
      if (whole.length === originalSize) return [name, whole];
      throw new Error(`${name} has ${whole.length} bytes instead of ${originalSize}`);
    }),
  );
}
