import { execFile } from 'node:child_process';
import { createInterface } from 'node:readline';
import { repository } from './places.ts';

export interface ToolOptions {
  /** The folder that it runs in; the repository if left out. */
  cwd?: string;
  /** Environment variables over those of this process. */
  env?: Readonly<Record<string, string | undefined>>;
  signal: AbortSignal;
  /** Gets each line of its output, as it comes. */
  onLine?: (line: string) => void;
}

/** What a tool of Node.js has printed, and whether it succeeded. */
export interface ToolResult {
  succeeded: boolean;
  stdout: string;
  stderr: string;
}

/** Runs a script with this Node.js, as a process that ends with this one. */
export const runTool = (
  args: readonly string[],
  { cwd, env, signal, onLine }: ToolOptions,
): Promise<ToolResult> =>
  new Promise((resolve, reject) => {
    const options = {
      cwd: cwd ?? repository,
      env: { ...process.env, FORCE_COLOR: '0', ...env },
      maxBuffer: 16 * 1024 * 1024,
      signal,
    };
    const { stdout: output } = execFile(process.execPath, [...args], options, (error, stdout, stderr) => {
      if (error && typeof error.code !== 'number') return reject(error);
      resolve({ succeeded: error === null, stdout, stderr });
    });
    if (onLine && output) createInterface({ input: output }).on('line', onLine);
  });
