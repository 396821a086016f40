import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { nodeOptions } from '@orders/jest/node-options';

const main = resolve(import.meta.dirname, '../../smoke/src/main.ts');

/** Runs `pnpm smoke` with these arguments. */
export const smoke = (...args: string[]) =>
  new Promise<{ status: number; output: string }>((done) => {
    execFile(process.execPath, [...nodeOptions, main, ...args], (error, stdout, stderr) =>
      done({ status: error ? Number(error.code) : 0, output: stdout + stderr }),
    );
  });
