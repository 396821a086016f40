import type { Output } from '../scripts/print-report.ts';

/** Runs a command in this process. Its outcome is like that of a process. */
export async function outcomeOf(command: (output: Output) => Promise<number>) {
  const out: string[] = [];
  const err: string[] = [];
  const status = await command({ log: (line) => out.push(line), error: (line) => err.push(line) });
  return { status, stdout: textOf(out), stderr: textOf(err) };
}

const textOf = (lines: string[]) => lines.map((line) => `${line}\n`).join('');
