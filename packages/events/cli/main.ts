#!/usr/bin/env node
/** The command line of the package. It reads the schemas beside the bundle. */
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { runCommandLine } from './command-line.ts';

/** The oldest Node.js that has what the commands use. The other entries of the package run in older ones. */
const oldest = 22;

if (Number.parseInt(process.versions.node, 10) < oldest) {
  process.stderr.write(`this is Node.js ${process.versions.node}; the commands need ${oldest} or later\n`);
  process.exitCode = 2;
} else {
  try {
    const { stdout, stderr, code } = await runCommandLine(process.argv.slice(2), {
      schemasDir: fileURLToPath(new URL('schemas', import.meta.url)),
      readStdin: () => text(process.stdin),
    });
    process.stdout.write(stdout);
    process.stderr.write(stderr);
    process.exitCode = code;
  } catch (error) {
    // 1 is an answer, so a fault of the program ends with 2 as well.
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exitCode = 2;
  }
}
