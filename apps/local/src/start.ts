import { type LocalAws, storySteps } from '@orders/local-aws';
import { tellChaos } from './chaos.ts';
import type { DevSession } from './dev/dev-session.ts';
import { interrupted } from './interrupted.ts';
import { tellProblem } from './log-lines.ts';
import { openPage } from './open-page.ts';
import { findSourceLine, type OrderSystemOptions, startOrderSystem } from './order-system.ts';
import { tellRequest, tellStory } from './story.ts';

/** How long an order gets to settle. After that, its story is printed as far as it went. */
const settleMs = 30_000;

export interface StartOptions
  extends Pick<OrderSystemOptions, 'outDir' | 'port' | 'dataDir' | 'inspectPort' | 'otlpUrl' | 'chaos'> {
  /** Whether everything that functions write to their logs is printed, as it is there. Otherwise warnings and errors are. */
  logs: boolean;
  /** Whether what is edited is swapped in. */
  watch: boolean;
  /** Whether the page is opened in the browser. */
  open: boolean;
}

/** Runs the system until the process is interrupted, and prints the story of each order as it settles. */
export async function runStart(options: StartOptions): Promise<void> {
  const end = interrupted();
  process.stdout.write('Starting what infra/cdktf.out describes …\n');
  const isBuiltHere = options.watch || options.inspectPort !== undefined;
  const session = isBuiltHere ? await openSession(options) : undefined;
  try {
    await run(options, session, end);
  } finally {
    await session?.close();
  }
}

async function run(
  options: StartOptions,
  session: DevSession | undefined,
  end: Promise<void>,
): Promise<void> {
  const system = await startSystem(options, session);
  try {
    await announce(system, options, session);
    tellStories(system);
    await end;
    const report = system.chaosReport();
    if (report) process.stdout.write(`${tellChaos(report)}\n`);
    process.stdout.write('Ending …\n');
  } finally {
    await system.close();
  }
}

function startSystem(
  { logs, watch: _, open: __, ...options }: StartOptions,
  session: DevSession | undefined,
): Promise<LocalAws> {
  const out = process.stdout;
  const findLine: typeof findSourceLine = (frame) => session?.findSourceLine(frame) ?? findSourceLine(frame);
  return startOrderSystem({
    ...options,
    outDir: session?.outDir ?? options.outDir,
    findSourceLine: findLine,
    onFailure: (message) => process.stderr.write(`! ${message}\n`),
    onLog(line) {
      const told = logs ? `${line.function} ${line.message}` : tellProblem(line, findLine, out);
      if (told !== undefined) out.write(`${told}\n`);
    },
  });
}

/** Says where the system is and what it can be asked, and begins to watch the sources. */
async function announce(
  system: LocalAws,
  { watch, open, chaos, otlpUrl }: StartOptions,
  session: DevSession | undefined,
): Promise<void> {
  const out = process.stdout;
  const { endpoint, apiUrl, region } = system;
  out.write(`The order system is running at ${endpoint} (Ctrl-C ends it)

  look at it         ${endpoint}/_local/

  place an order     curl '${apiUrl}?location=eu-west&category=office-supplies&value=300'
  or as JSON         curl ${apiUrl}/orders --json '{"location":"us-east-1","category":"office-supplies","value":300}'
  where it says 401  add -H "Authorization: Bearer $(curl -sX POST ${endpoint}/_local/issuer/token)"
  an order's story   curl '${endpoint}/_local/orders/<orderId>/trace?settleMs=5000'
  the US partner     curl ${endpoint}/_local/partner/orders
  what failed        curl ${endpoint}/_local/queues/orders-persister-failures/messages
  a function's log   aws logs tail /aws/lambda/orders-producer
  AWS SDKs and CLI   export AWS_ENDPOINT_URL=${endpoint} AWS_REGION=${region} AWS_DEFAULT_REGION=${region} AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local

`);
  for (const { function: name, url } of await system.debuggers()) {
    out.write(`  debug a function   ${name} at ${new URL(url).host}\n`);
  }
  if (watch) {
    await session?.follow(system);
    out.write('  change it          edit a function, a schema, a rule or the workflow: it is swapped in\n\n');
  }
  if (chaos) {
    const { seed, probabilities } = chaos;
    const faults = Object.entries(probabilities).map(([kind, probability]) => `${kind}=${probability}`);
    out.write(
      `  Faults are injected: --chaos ${faults.join(',')} --seed ${seed}\n` +
        `  what they led to   curl ${endpoint}/_local/chaos\n\n`,
    );
  }
  if (otlpUrl !== undefined) out.write(`  Traces go to       ${otlpUrl}\n\n`);
  if (open) await openPage(`${endpoint}/_local/`);
}

/** Prints the story of each order as it settles, and each request that is refused before it is one. */
function tellStories(system: LocalAws): void {
  const out = process.stdout;
  // Each flow once: an order that is sent again and again has many of them.
  system.stories.onBegin((orderId, flowId) => {
    void system.stories
      .flowSettled(orderId, flowId, settleMs)
      .then((story) => out.write(`${tellStory(story, out)}\n\n`));
  });

  // What the API refuses isn't an order, and has no story. A function logs a warning for what it refuses.
  system.trace.subscribe((entry) => {
    const { status = 0 } = entry.type === 'ended' ? entry.outcome : {};
    if (status < 400 || status >= 500) return;
    const steps = storySteps(system.trace.entriesOf(entry.flowId));
    if (steps.some(({ kind }) => kind === 'invocation')) return;
    for (const step of steps) if (step.kind === 'request') out.write(`✗ ${tellRequest(step, out)}\n`);
  });
}

/** Loaded when it is needed: it has esbuild in it. */
async function openSession({ outDir, inspectPort }: Pick<StartOptions, 'outDir' | 'inspectPort'>) {
  const { openDevSession } = await import('./dev/dev-session.ts');
  return openDevSession({ outDir, debuggable: inspectPort !== undefined });
}
