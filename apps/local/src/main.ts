/** The command line of the local run. Each command is loaded when it runs: a usage is there at once. */
import { resolve } from 'node:path';
import { type Command, readCommand } from './read-command.ts';
import { UsageError } from './usage-error.ts';

const usage = `The order system on this machine, as infra synthesized it.

  pnpm start                 runs it until Ctrl-C
    --port <port>            its port: 4000, or PORT, or any free one for 0
    --data <folder>          keeps rows, messages and whatever is under way in a folder, beyond the end of the process
    --logs                   prints everything that functions log. Warnings and errors are printed without it, with the
                             lines of source
    --open                   opens the page in the browser
    --otlp <address>         sends the traces to an OTLP endpoint over HTTP as well, such as http://127.0.0.1:4318: Jaeger,
                             Aspire, Grafana
    --watch                  swaps what is edited into the running system: functions, schemas, rules, the workflow.
                             \`pnpm dev\` is \`pnpm start --watch\`
    --inspect[=<port>]       lets a debugger into the functions: the first one at this port, 9229 if left out, the next one
                             at the next. No function times out then
    --chaos <faults>         injects faults, each with its probability: duplicate=0.1,reorder=0.1,drop-response=0.05,
                             function-crash=0.1,throttle=0.1,partner-down=0.2. The end says what it led to
    --seed <number>          which faults happen; the same seed injects the same faults into the same requests
  pnpm demo                  runs it on a free port, places three orders, tells their stories, and ends
  pnpm explain <rule> <event.json>
                             says why a rule matches an event, or doesn't, without running anything; - reads the event from
                             stdin. It ends with 0 if the rule matches, with 1 if it doesn't, and with 2
                             if it can't tell

A command that is called wrongly ends with 2.
`;

/** Where cdktf writes: its own variable, or else its default in `infra/`. */
const outDir = process.env.CDKTF_OUTDIR ?? resolve(import.meta.dirname, '../../../infra/cdktf.out');

/** Builds what a command needs, and runs it. @returns the exit status */
async function run(command: Command): Promise<number> {
  switch (command.name) {
    case 'help':
      process.stdout.write(usage);
      return 0;
    case 'explain': {
      await build(command.build, 'explain');
      const { runExplain } = await import('./explain.ts');
      return (await runExplain({ outDir }, command.rule, command.file)) ? 0 : 1;
    }
    case 'start': {
      const { watch, inspectPort } = command.options;
      await build(command.build, watch || inspectPort !== undefined ? 'dev' : 'start');
      const { runStart } = await import('./start.ts');
      await runStart({ ...command.options, outDir });
      return 0;
    }
    case 'demo': {
      await build(command.build, 'demo');
      const { runDemo } = await import('./demo.ts');
      return (await runDemo({ outDir })) ? 0 : 1;
    }
  }
}

async function build(wanted: boolean, command: 'start' | 'dev' | 'demo' | 'explain'): Promise<void> {
  if (!wanted) return;
  const { buildFor } = await import('./build.ts');
  await buildFor(command);
}

async function isMendable(error: unknown): Promise<boolean> {
  const { AccessDeniedError, PortError, StateError, UnknownRuleError, UnsupportedError } = await import(
    '@orders/local-aws'
  );
  const { BuildError } = await import('./dev/build-error.ts');
  const kinds = [AccessDeniedError, BuildError, PortError, StateError, UnknownRuleError, UnsupportedError];
  return kinds.some((kind) => error instanceof kind);
}

const args = process.argv.slice(2);
try {
  process.exitCode = await run(await readCommand(args, process.env));
} catch (error) {
  // What a user can mend is said in a sentence; everything else is a fault here, and needs its stack.
  const expected = error instanceof UsageError || (await isMendable(error));
  process.stderr.write(
    `${error instanceof Error ? (expected ? error.message : error.stack) : String(error)}\n`,
  );
  if (error instanceof UsageError) process.stderr.write(`\n${usage}`);
  // Of explain, 1 is an answer.
  process.exitCode = error instanceof UsageError || args[0] === 'explain' ? 2 : 1;
}
