import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { SourceMap, type SourceOrigin } from 'node:module';
import { join, posix } from 'node:path';
import type { Position } from './frame.ts';

/** A line of source. */
export interface SourceLine extends Position {
  /** Its path from the root of the repository, `apps/persister/src/order-table.ts`. */
  file: string;
  /** The function's own name, where the bundle has a shorter one. */
  caller: string;
}

/** A function as it was built: the zip that is deployed, and beside it the code in that zip and the code's source maps. */
export class Bundle {
  /** `persister` */
  readonly name: string;
  readonly #apps: string;
  readonly #maps = new Map<string, { code: string[]; map: SourceMap } | undefined>();

  /**
   * @param apps the folder that has the functions
   * @param name the function's own in it
   */
  constructor(apps: string, name: string) {
    this.#apps = apps;
    this.name = name;
  }

  /** The zip's hash as Lambda has it: `CodeSha256`. */
  codeSha256(): string {
    return createHash('sha256')
      .update(readFileSync(join(this.#apps, this.name, 'dist/function.zip')))
      .digest('base64');
  }

  /** Whether one of its files has this code. */
  hasCode(file: string, code: string): boolean {
    // A source map takes long to read. Only the one of the right bundle is.
    return readCode(join(this.#apps, this.name, folder), file) === code && this.#read(file) !== undefined;
  }

  /**
   * Finds the line of source that a place in the code comes from.
   *
   * @param file a file of the bundle, `index.mjs`
   * @param caller the function as the stack has it, `async Object.store`
   * @returns undefined if the bundle has no such place
   */
  sourceLine(file: string, { line, column }: Position, caller: string): SourceLine | undefined {
    const known = this.#read(file);
    if (!known || column > (known.code[line - 1]?.length ?? 0)) return undefined;
    const origin = originOf(known.map, line, column);
    if (!origin) return undefined;
    return {
      file: posix.join('apps', this.name, folder, origin.fileName),
      line: origin.lineNumber,
      column: origin.columnNumber,
      caller: caller.replace(
        /^((?:async |new )*)(?:Object\.)?([\w$]+)/,
        (_, before: string, name: string) => before + (nameBefore(known, { line, column }, name) ?? name),
      ),
    };
  }

  #read(file: string) {
    if (!this.#maps.has(file)) this.#maps.set(file, readMap(join(this.#apps, this.name, folder), file));
    return this.#maps.get(file);
  }
}

const folder = 'dist/function';

/** The functions that were built in a folder, `apps`. */
export function readBundles(apps: string): Bundle[] {
  return readdirSync(apps)
    .filter((name) => existsSync(join(apps, name, 'dist/function.zip')))
    .map((name) => new Bundle(apps, name));
}

function readCode(folder: string, file: string): string | undefined {
  // A stack may name anything.
  if (!/^[\w-]+(\.[\w-]+)+$/.test(file)) return undefined;
  const path = join(folder, file);
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

function readMap(folder: string, file: string) {
  const code = readCode(folder, file);
  const path = join(folder, `${file}.map`);
  if (code === undefined || !existsSync(path)) return undefined;
  return { code: code.split('\n'), map: new SourceMap(JSON.parse(readFileSync(path, 'utf8'))) };
}

/**
 * The name in the source of what the code calls `name`. A minified name stands for several things, so the last mention
 * before the place counts, which is in the function itself, or its declaration.
 */
function nameBefore(
  { code, map }: { code: string[]; map: SourceMap },
  { line, column }: Position,
  name: string,
): string | undefined {
  for (let at = line; at > 0; at -= 1) {
    const text = code[at - 1]?.slice(0, at === line ? column : undefined) ?? '';
    for (const index of mentionsFromLast(text, name)) {
      const entry = map.findEntry(at - 1, index);
      const isExact =
        'generatedLine' in entry && entry.generatedLine === at - 1 && entry.generatedColumn === index;
      const original = isExact ? originOf(map, at, index + 1)?.name : undefined;
      if (original) return original;
    }
  }
  return undefined;
}

/** Where a text has a name as a whole word, the last place first. Code is one line of many thousand words. */
function* mentionsFromLast(text: string, name: string): Iterable<number> {
  const isInWord = (index: number) => /[\w$]/.test(text.charAt(index));
  for (let index = text.lastIndexOf(name); index >= 0; index = text.slice(0, index).lastIndexOf(name))
    if (!isInWord(index - 1) && !isInWord(index + name.length)) yield index;
}

function originOf(map: SourceMap, line: number, column: number): SourceOrigin | undefined {
  const origin = map.findOrigin(line, column);
  return 'fileName' in origin ? (origin as SourceOrigin) : undefined;
}
