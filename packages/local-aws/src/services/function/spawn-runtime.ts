import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface RuntimeOptions {
  memoryMb: number;
  /** All of the process's environment variables. */
  variables: Record<string, string>;
  /** The folder with the function's code. */
  dir: string;
  /** Left out for a process that no debugger finds. */
  inspector?: {
    /** 0 for any that is free. */
    port: number;
  };
}

const startFile = fileURLToPath(new URL('./runtime/start.cjs', import.meta.url));

/** What Node.js has on and Lambda off, unless NODE_OPTIONS says otherwise (Lambda developer guide, "Node.js"). */
const experimental = ['require-module', 'detect-module'];

/** Starts the process of a function, with its output as pipes and its channel as the next one. */
export function spawnRuntime({ memoryMb, variables, dir, inspector }: RuntimeOptions): ChildProcess {
  const { NODE_OPTIONS = '' } = variables;
  const off = experimental.filter((feature) => !NODE_OPTIONS.includes(`--experimental-${feature}`));
  const flags = [
    `--max-old-space-size=${memoryMb}`,
    // The snapshot that Node.js starts from is ready to use: a tenth of the start less.
    '--no-rehash-snapshot',
    ...off.map((feature) => `--no-experimental-${feature}`),
    ...(inspector ? [`--inspect=127.0.0.1:${inspector.port}`] : []),
  ];
  return spawn(process.execPath, [...flags, startFile], {
    cwd: dir,
    env: variables,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
}
