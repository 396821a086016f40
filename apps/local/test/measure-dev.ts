/** Measures how soon an edit runs, and what twenty edits leave behind: `node apps/local/test/measure-dev.ts`. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { copySources, rowsOf, startDev } from './started-dev.ts';

const edits = 20;

/** The processes that a process has started, and those that they have. */
function childrenOf(pid: number): number[] {
  const own = readdirSync('/proc').filter((name) => {
    if (!/^\d+$/.test(name)) return false;
    try {
      return Number(readFileSync(`/proc/${name}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[1]) === pid;
    } catch {
      return false;
    }
  });
  return own.flatMap((name) => [Number(name), ...childrenOf(Number(name))]);
}
/** The folders that the system has made. */
const foldersOf = (pid: number) =>
  readdirSync(tmpdir()).filter(
    (name) => name.startsWith('orders-dev-') || name.includes(`functions-${pid}-`),
  );
const contentOf = (folders: string[]) =>
  folders.flatMap((folder) => readdirSync(join(tmpdir(), folder)).map((name) => `${folder}/${name}`));
const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

const { root, remove } = copySources();
const system = await startDev(root);
try {
  await system.story(await system.placeOrder());
  const code = join(root, 'apps/persister/src/dispatch-order.ts');
  const before = readFileSync(code, 'utf8');
  const seconds: number[] = [];
  const swapped: number[] = [];
  const counts: string[] = [];
  for (let edit = 1; edit <= edits; edit += 1) {
    const from = system.printedLength();
    const savedAt = performance.now();
    writeFileSync(code, before.replace('      category,\n', `      category: 'edit-${edit}',\n`));
    await system.printed(/↻ function orders-persister has other code/, from);
    swapped.push((performance.now() - savedAt) / 1_000);
    const [row] = rowsOf(await system.story(await system.placeOrder()));
    if ((row as { category?: string })?.category !== `edit-${edit}`)
      throw new Error(`Edit ${edit} did not run`);
    seconds.push((performance.now() - savedAt) / 1_000);
    const folders = foldersOf(system.pid);
    counts.push(
      `${childrenOf(system.pid).length} processes, ${contentOf(folders).length} entries in ${folders.length} folders`,
    );
  }
  process.stdout.write(
    `From an edit of the persister to its being swapped in: median ${median(swapped.slice(1)).toFixed(2)} s; to the end of the next order: the first ${seconds[0]?.toFixed(2)} s, median ` +
      `${median(seconds.slice(1)).toFixed(2)} s, longest ${Math.max(...seconds.slice(1)).toFixed(2)} s (load ${loadavg()[0]?.toFixed(1)})\n` +
      `  after the first edit: ${counts[0]}\n  after ${edits} edits: ${counts.at(-1)}\n`,
  );

  const stack = join(root, 'infra/src/order-stack.ts');
  const text = readFileSync(stack, 'utf8');
  for (let rule = 1; rule <= 3; rule += 1) {
    const from = system.printedLength();
    const savedAt = performance.now();
    const added = `    bus.rule('New${rule}', pattern('Order Placed')).to(toQueue(unrouted));\n`;
    writeFileSync(
      stack,
      text.replace("    bus.rule('OrdertoTracker'", `${added}    bus.rule('OrdertoTracker'`),
    );
    await system.printed(new RegExp(`↻ rule New${rule} is new`), from);
    const swapped = (performance.now() - savedAt) / 1_000;
    const story = await system.story(await system.placeOrder());
    if (!JSON.stringify(story).includes(`New${rule}`)) throw new Error(`The rule New${rule} did not deliver`);
    process.stdout.write(
      `From a new rule to its being there: ${swapped.toFixed(2)} s; to the end of the order that it delivers: ` +
        `${((performance.now() - savedAt) / 1_000).toFixed(2)} s (load ${loadavg()[0]?.toFixed(1)})\n`,
    );
  }
} finally {
  await system.close();
  remove();
}
process.stdout.write(
  `After the end: ${foldersOf(system.pid).length} folders, ${childrenOf(system.pid).length} processes\n`,
);
