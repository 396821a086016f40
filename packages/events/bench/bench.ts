/**
 * Measures how fast an Order Placed event is parsed, beside zod and Ajv compiled at run time: the first event with the
 * import, as in a function's cold start, and then many. Each candidate is bundled like a function, as an ES module and
 * as CommonJS. The first row is the time of Node for a module that does nothing.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { formats } from '@orders/schema-compatibility';
import { build } from 'esbuild';
import { Bench } from 'tinybench';
import { makeOrderPlaced } from '../src/testing.ts';

const coldRuns = 21;
const warmRuns = 12;
/** Times this many parses as one, because reading the clock for each would distort the result. */
const batch = 1_000;
const schema = readFileSync(join(import.meta.dirname, '../../../schemas/order-placed.json'), 'utf8');

/** Modules that export `parse(event)`, each throwing for what isn't a valid event. */
const candidates = {
  nothing: 'export const parse = (value) => value;',
  '@orders/events': `export { parseOrderPlaced as parse } from ${JSON.stringify(join(import.meta.dirname, '../dist/index.js'))};`,
  zod: `
    import { z } from 'zod';
    const word = z.string();
    const account = word.regex(/^[0-9]{12}$/);
    const time = z.iso.datetime({ offset: true });
    const event = z.looseObject({
      version: word, id: word, 'detail-type': z.literal('Order Placed'), source: z.literal('com.aws.orders'),
      account, time, region: word, resources: z.array(word),
      detail: z.looseObject({
        orderId: word.regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/),
        category: word.max(64).regex(/^[a-z0-9]+(-[a-z0-9]+)*$/),
        location: word.max(32).regex(/^[a-z]{2,4}(-[a-z]+){1,2}(-[0-9]{1,2})?$/),
        value: z.number().min(0.000001).max(5000000000),
      }),
    });
    export const parse = (value) => event.parse(value);`,
  Ajv: `
    import { Ajv } from 'ajv';
    const word = { type: 'string' };
    const formats = { 'date-time': ${formats['date-time']} };
    const isValid = new Ajv({ allErrors: true, strict: false, formats }).compile({
      type: 'object',
      required: ['version', 'id', 'detail-type', 'source', 'account', 'time', 'region', 'resources', 'detail'],
      properties: {
        version: word, id: word, 'detail-type': { const: 'Order Placed' }, source: { const: 'com.aws.orders' },
        account: { type: 'string', pattern: '^[0-9]{12}$' }, time: { type: 'string', format: 'date-time' },
        region: word, resources: { type: 'array', items: word }, detail: ${schema},
      },
    });
    export const parse = (value) => { if (!isValid(value)) throw new Error('invalid'); return value; };`,
};
type Name = keyof typeof candidates;
const moduleFormats = ['esm', 'cjs'] as const;
type Format = (typeof moduleFormats)[number];

const dir = mkdtempSync(join(tmpdir(), 'orders-bench-'));
try {
  const event = makeOrderPlaced();
  const names = Object.keys(candidates) as Name[];
  const bundles = await Promise.all(
    names.flatMap((name) =>
      moduleFormats.map(async (format) => ({ name, format, file: await bundle(name, format) })),
    ),
  );
  const fileOf = (name: Name, format: Format) =>
    bundles.find((each) => each.name === name && each.format === format)?.file ?? '';

  // In turn, so that a slow phase of the machine affects all candidates.
  const cold = new Map(bundles.map(({ file }) => [file, [] as number[]]));
  for (let round = 0; round < coldRuns; round += 1) {
    for (const { file, format } of bundles) cold.get(file)?.push(firstParseMs(file, format, event));
  }
  const parsers = await Promise.all(
    names.map(async (name) => {
      const { parse } = (await import(pathToFileURL(fileOf(name, 'esm')).href)) as {
        parse: (event: unknown) => unknown;
      };
      return { name, parse };
    }),
  );
  const warm = new Map(names.map((name) => [name, [] as number[]]));
  for (let round = 0; round < warmRuns; round += 1) {
    const bench = new Bench({ time: 200 });
    // Each is first, second, … in turn: what runs later runs in another state of the process.
    const turn = round % parsers.length;
    for (const { name, parse } of [...parsers.slice(turn), ...parsers.slice(0, turn)]) {
      bench.add(name, () => {
        for (let count = 0; count < batch; count += 1) parse(event);
      });
    }
    await bench.run();
    for (const name of names) warm.get(name)?.push(batch * throughputOf(bench, name));
  }

  const coldMs = (name: Name, format: Format) => round(median(cold.get(fileOf(name, format)) ?? []));
  console.table(
    names.map((name) => ({
      candidate: name,
      'bundle, KB': Math.round(statSync(fileOf(name, 'esm')).size / 102.4) / 10,
      [`import + first parse, ms (median of ${coldRuns})`]: coldMs(name, 'esm'),
      'require + first parse, ms': coldMs(name, 'cjs'),
      [`then, parses a second (median of ${warmRuns})`]: Math.round(
        median(warm.get(name) ?? []),
      ).toLocaleString('en'),
    })),
  );
} finally {
  rmSync(dir, { recursive: true, force: true });
}

async function bundle(name: Name, format: Format): Promise<string> {
  const outfile = join(dir, `${name.replace(/\W/g, '')}.${format === 'esm' ? 'mjs' : 'cjs'}`);
  await build({
    stdin: { contents: candidates[name], resolveDir: import.meta.dirname },
    bundle: true,
    minify: true,
    platform: 'node',
    format,
    outfile,
  });
  return outfile;
}

/**
 * Runs in a process of its own, and measures from before the import to after the first parse. The code is a file, as for
 * Lambda's runtime: with a script on the command line, the time would include the start of Node's module loader.
 */
function firstParseMs(file: string, format: Format, event: object): number {
  const load =
    format === 'esm'
      ? `await import(${JSON.stringify(pathToFileURL(file).href)})`
      : `require(${JSON.stringify(file)})`;
  const runtime = `${file}.runtime.${format === 'esm' ? 'mjs' : 'cjs'}`;
  writeFileSync(
    runtime,
    `const event = ${JSON.stringify(event)};
    const start = performance.now();
    const { parse } = ${load};
    parse(event);
    console.log(performance.now() - start);`,
  );
  return Number(execFileSync(process.execPath, [runtime]));
}

function throughputOf(bench: Bench, name: string): number {
  const result = bench.getTask(name)?.result;
  if (result?.state !== 'completed') throw new Error(`${name}: the benchmark didn't complete`);
  return result.throughput.p50;
}

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
