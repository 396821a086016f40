import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { unzipSync, zipSync } from 'fflate';
import { synthesized } from '../src/testing/index.ts';

/** A change of a function's minified code. Blanks behind it keep the length, so that the source maps stay right. */
export interface Break {
  /** The function's folder in `apps/`. */
  app: string;
  /** What is changed, once in the whole bundle. */
  code: RegExp;
  /** What it becomes, not longer than before. `$1` is what the first group has found. */
  broken: string;
}

export interface BrokenSystem {
  /** The synthesized stack with the broken functions. */
  outDir: string;
  /** The broken functions as the build leaves them. */
  apps: string;
  remove(): void;
}

const apps = resolve(import.meta.dirname, '../..');

/** Makes a copy of the synthesized stack, and of the built functions, in which these functions are broken. */
export function breakFunctions(breaks: readonly Break[]): BrokenSystem {
  const dir = mkdtempSync(join(tmpdir(), 'orders-broken-'));
  const broken = { outDir: join(dir, 'cdktf.out'), apps: join(dir, 'apps') };
  cpSync(synthesized, broken.outDir, { recursive: true });
  const zips = readdirSync(broken.outDir, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('function.zip'))
    .map((name) => join(broken.outDir, name));
  for (const app of new Set(breaks.map((each) => each.app))) {
    const built = join(apps, app, 'dist');
    cpSync(built, join(broken.apps, app, 'dist'), { recursive: true });
    const original = readFileSync(join(built, 'function.zip'));
    const zip = breakZip(
      original,
      breaks.filter((each) => each.app === app),
      join(broken.apps, app, 'dist/function'),
    );
    for (const path of zips.filter((each) => readFileSync(each).equals(original))) writeFileSync(path, zip);
    writeFileSync(join(broken.apps, app, 'dist/function.zip'), zip);
  }
  return { ...broken, remove: () => rmSync(dir, { recursive: true }) };
}

/** @param folder gets the code of the zip */
function breakZip(zip: Uint8Array, breaks: readonly Break[], folder: string): Uint8Array {
  const files = unzipSync(zip);
  for (const { app, code, broken } of breaks) {
    const found = Object.entries(files).flatMap(([name, bytes]) => {
      const text = Buffer.from(bytes).toString();
      return code.test(text) ? [{ name, text }] : [];
    });
    const [file, ...others] = found;
    if (!file || others.length > 0)
      throw new Error(`${app}: ${code} is in ${found.length} files of the bundle`);
    const text = file.text.replace(code, (before: string, ...groups: string[]) =>
      broken.replaceAll(/\$(\d)/g, (_, group) => groups[group - 1] ?? '').padEnd(before.length),
    );
    if (text.length > file.text.length) throw new Error(`${app}: ${broken} is longer than what it replaces`);
    files[file.name] = Buffer.from(text);
  }
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
  return zipSync(files, { level: 0 });
}
