import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buildSync } from 'esbuild';
import { zipSync } from 'fflate';

/** A function that throws a TypeError two ways: in its own code, and in a call from a library. */
const sources = {
  'node_modules/@lib/each/package.json': '{"main": "each.js", "type": "module"}',
  'node_modules/@lib/each/each.js': `
    export function forEachItem(items, act) {
      for (const item of items) act(item);
    }`,
  'apps/shop/src/price.ts': `
    export interface Price { amount: number }
    export function readAmount(price: Price): number {
      return price.amount.toFixed.call(price) as never;
    }`,
  'apps/shop/src/handler.ts': `
    import { forEachItem } from '@lib/each';
    import { type Price, readAmount } from './price.ts';

    const table = {
      async store(price: Price) {
        await Promise.resolve();
        return readAmount(price);
      },
    };
    const report = (error: Error) => console.log(error.stack);
    export async function sumUp(price: Price) {
      try {
        forEachItem([price], readAmount);
      } catch (error) {
        report(error as Error);
      }
      await table.store(price).catch(report);
    }
    await sumUp({ amount: 1 });`,
};

export interface BuiltShop {
  /** The folder with the function, `shop`. */
  apps: string;
  /** The stack of an error below a library's frame, and of one below an `await`, as the bundle has them. */
  stacks: [string[], string[]];
  remove(): void;
}

/** Builds a function as `apps/` builds its own, runs it, and gives the stacks of its errors. */
export function buildShop(): BuiltShop {
  const root = mkdtempSync(join(tmpdir(), 'stack-trace-'));
  for (const [name, text] of Object.entries(sources)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  const folder = join(root, 'apps/shop/dist/function');
  buildSync({
    entryPoints: { index: join(root, 'apps/shop/src/handler.ts') },
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    minify: true,
    format: 'esm',
    sourcemap: true,
    sourcesContent: false,
  });
  const code = readdirSync(folder).filter((name) => name.endsWith('.mjs'));
  writeFileSync(
    `${folder}.zip`,
    zipSync(Object.fromEntries(code.map((name) => [name, readFileSync(join(folder, name))]))),
  );
  const output = execFileSync(process.execPath, [join(folder, 'index.mjs')], { encoding: 'utf8' });
  const [own = '', ...others] = output.split(/^(?=TypeError)/m).map((text) => text.trimEnd());
  return {
    apps: join(root, 'apps'),
    stacks: [own.split('\n'), (others[0] ?? '').split('\n')],
    remove: () => rmSync(root, { recursive: true }),
  };
}
