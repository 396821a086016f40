import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { machine } from '../machine.ts';
import { distributionOf } from '../measure.ts';
import { table } from '../table.ts';
import { type ColdStart, measureColdStart, startAcceptingAws } from './cold-start.ts';
import { makeVariants } from './variants.ts';

/**
 * Measures each way to deploy each function.
 *
 * @param options how many processes each figure is of, and whether it is printed as JSON
 * @returns what the command prints
 */
export async function measure({ runs, json }: { runs: number; json: boolean }): Promise<string> {
  const dir = mkdtempSync(join(tmpdir(), 'orders-bench-'));
  const aws = await startAcceptingAws();
  try {
    const variants = (await makeVariants(dir)).map((variant) => ({ ...variant, starts: [] as ColdStart[] }));
    // In turns, so that a slow moment of the machine meets all of them.
    for (let run = 0; run <= runs; run += 1) {
      for (const variant of variants) {
        const start = await measureColdStart(variant, aws.endpoint);
        // The first one reads the files from disk.
        if (run > 0) variant.starts.push(start);
      }
    }
    const figures = variants.map(({ starts, file: _, ...variant }) => ({
      ...variant,
      importMs: distributionOf(starts.map((start) => start.import)).p50,
      invocationMs: distributionOf(starts.map(({ invocation }) => invocation)).p50,
    }));
    const said = machine();
    if (json) return `${JSON.stringify({ ...said, runs, figures }, null, 2)}\n`;
    const head = ['function', 'way', 'kB', 'import ms', 'of "by defaults"', 'first invocation ms'];
    const rows = figures.map((each) => {
      const defaults = figures.find(
        ({ function: name, way }) => name === each.function && way === 'by defaults',
      );
      return [
        each.function,
        each.way,
        (each.bytes / 1_000).toFixed(0),
        each.importMs.toFixed(1),
        defaults ? (each.importMs / defaults.importMs).toFixed(2) : '',
        each.invocationMs.toFixed(1),
      ];
    });
    return `${said.commit}, ${said.machine}, medians of ${runs} processes each\n\n${table([head, ...rows])}\n`;
  } finally {
    aws.close();
    rmSync(dir, { recursive: true });
  }
}
