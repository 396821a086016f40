import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { nodeOptions } from '@orders/jest/node-options';

const main = pathToFileURL(resolve(import.meta.dirname, '../../../infra/main.ts')).href;

/** Runs the entry of infra for one stage after the other, in one process: most of its time goes to loading cdktf. */
const script = `
  for (const [stage, dir] of Object.entries(JSON.parse(process.argv[1]))) {
    Object.assign(process.env, { STAGE: stage, CDKTF_OUTDIR: dir });
    await import('${main}?' + stage);
  }`;

/** Synthesizes stages, such as `prod`, into a folder each, for `startTestSystem`. */
export function synthStages<Stage extends string>(...stages: Stage[]) {
  const root = mkdtempSync(join(tmpdir(), 'orders-stages-'));
  const dirs = Object.fromEntries(stages.map((stage) => [stage, join(root, stage)])) as Record<Stage, string>;
  const args = [...nodeOptions, '--input-type=module', '--eval', script, JSON.stringify(dirs)];
  execFileSync(process.execPath, args, { env: {} });
  return { dirs, remove: () => rmSync(root, { recursive: true }) };
}

/** A token of the issuer of a system. */
export async function tokenOf(sub: string, { endpoint }: { endpoint: string }): Promise<string> {
  const response = await fetch(`${endpoint}/_local/issuer/token?sub=${sub}`, { method: 'POST' });
  return (await response.text()).trim();
}
