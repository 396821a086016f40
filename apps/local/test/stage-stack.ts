import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** Synthesizes a stage, such as `prod`, into a folder of its own, for `startTestSystem`. */
export function synthStage(stage: string): { dir: string; remove: () => void } {
  const dir = mkdtempSync(join(tmpdir(), 'orders-stage-'));
  const main = resolve(import.meta.dirname, '../../../infra/main.ts');
  execFileSync(process.execPath, [main], { env: { STAGE: stage, CDKTF_OUTDIR: dir } });
  return { dir, remove: () => rmSync(dir, { recursive: true }) };
}

/** A token of the issuer of a system. */
export async function tokenOf(sub: string, { endpoint }: { endpoint: string }): Promise<string> {
  const response = await fetch(`${endpoint}/_local/issuer/token?sub=${sub}`, { method: 'POST' });
  return (await response.text()).trim();
}
