import type { FindSourceLine } from '@orders/stack-trace';
import { createClock } from './clock.ts';
import { clockRoutes } from './clock-routes.ts';
import type { FunctionLogLine, Host } from './context.ts';
import type { Chaos } from './faults/chaos.ts';
import { type ChaosReport, chaosRoutes, createChaosReport } from './faults/chaos-report.ts';
import { faultRoutes } from './faults/fault-routes.ts';
import { createFaults } from './faults/faults.ts';
import { systemIds } from './ids.ts';
import type { LocalRoutes } from './local-api.ts';
import { MetricStore } from './metrics/metric-store.ts';
import { createNotices, type Notice } from './notices.ts';
import { deadLetterQueues } from './plan/dead-letter-queues.ts';
import { readStack } from './plan/read-plan.ts';
import { runStack } from './running-stack.ts';
import { listen } from './server.ts';
import { createInspectors } from './services/function/inspectors.ts';
import { settle } from './settle.ts';
import { createState, type State } from './state/state.ts';
import { Stories, type SubjectOf } from './stories.ts';
import { Trace } from './trace.ts';
import { keepHistory } from './trace-history.ts';
import { traceRoutes } from './trace-stream.ts';

/** What is around the stack, and isn't AWS. */
export interface Surroundings {
  /** Values for the stack's variables, by name. The others take their defaults. */
  variables: Readonly<Record<string, string>>;
  /** Further routes below `/_local`. */
  routes: LocalRoutes;
}

export interface LocalAwsOptions {
  /** The folder with the synthesized stack, `infra/cdktf.out`. */
  outDir: string;
  /** The port on loopback; 0 for any that is free. */
  port: number;
  /** The folder that keeps the state: rows, messages, whatever is under way. Left out, it is in memory. */
  dataDir?: string;
  /** The port at which a debugger finds the first function, 0 for any that is free. Left out, there is none. */
  inspectPort?: number;
  /** The address of an OTLP endpoint that gets the traces, `http://127.0.0.1:4318`. Left out, they stay here. */
  otlpUrl?: string;
  /** Faults to inject; none if left out. */
  chaos?: Chaos;
  /** What an event is about. Stories are grouped by it. */
  subjectOf: SubjectOf;
  /** Makes what is around the stack. */
  surround: (around: Host & { endpoint: string; stories: Stories }) => Surroundings;
  /** Gets a sentence for every failure that no request reports. */
  onFailure: (message: string) => void;
  /** Gets every line that a function writes to its log. */
  onLog?: (line: FunctionLogLine) => void;
  /** Finds the lines of source that the stacks of functions are about. Left out, they keep the places in the bundles. */
  findSourceLine?: FindSourceLine;
}

/** A stack that runs in this process. */
export interface LocalAws {
  /** `http://127.0.0.1:<port>`, for AWS_ENDPOINT_URL. */
  endpoint: string;
  /** The address of the first stage of an HTTP API, with no slash at the end. */
  apiUrl: string;
  /** The AWS region that the stack is said to be in. */
  region: string;
  /** The names of the queues that get what failed. */
  deadLetterQueues: readonly string[];
  trace: Trace;
  stories: Stories;
  /** Moves the time ahead. Whatever becomes due on the way happens, in order, and is done when the promise resolves. */
  advance(ms: number): Promise<void>;
  /**
   * Moves the time ahead until nothing runs and nothing is scheduled.
   *
   * @throws {UnsettledError} for what time alone doesn't end
   */
  settle(): Promise<void>;
  /** What was injected so far, and what it led to; undefined without a chaos. */
  chaosReport(): ChaosReport | undefined;
  /**
   * Runs a changed stack in the place of this one, around the rows, messages and history that are there.
   *
   * @param outDir the folder with the synthesized stack. It stays in use
   * @returns what is different, a phrase each: `rule USOrdertoAPI is new`
   * @throws {UnsupportedError} for a stack that can't run here. The one that runs goes on
   */
  swap(outDir: string): Promise<string[]>;
  /** Tells everybody who follows the trace by server-sent events. */
  tell(notice: Notice): void;
  /** Where a debugger finds each function, once they are there; none unless they were started for it. */
  debuggers(): Promise<{ function: string; url: string }[]>;
  /** Ends everything, and forgets what was in memory. */
  close(): Promise<void>;
}

/**
 * Starts what the stack describes.
 *
 * @throws {ChaosError} for faults that don't exist, or can't be that probable
 * @throws {PortError} when the port can't be listened on
 * @throws {StateError} when the folder for the state can't be used
 * @throws {UnsupportedError} for what would run otherwise here than on AWS
 */
export async function startLocalAws(options: LocalAwsOptions): Promise<LocalAws> {
  const { outDir, port, dataDir, inspectPort, otlpUrl, chaos, subjectOf, surround, onFailure } = options;
  const { onLog = () => {}, findSourceLine = () => undefined } = options;
  const ends: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const end of ends.splice(0).reverse()) await end();
  };
  const report = (error: unknown) => onFailure(error instanceof Error ? `${error.stack}` : String(error));

  try {
    const server = await listen(port, report);
    ends.push(server.close);
    const { endpoint } = server;
    const stack = readStack(outDir);
    const state = dataDir === undefined ? createState() : await openState(dataDir, stack.name);
    ends.push(state.close);
    const clock = createClock(state.collection('clock'));
    ends.push(async () => clock.close());
    const trace = new Trace(clock, systemIds, spansBefore(state));
    const history = state.durable ? keepHistory(trace, state) : undefined;
    ends.push(async () => history?.close());
    const faults = createFaults(chaos, trace, systemIds);
    const chaosReport = chaos && createChaosReport(chaos, trace);
    const stories = new Stories(trace, subjectOf);
    const inspectors = inspectPort === undefined ? undefined : createInspectors(inspectPort);
    const told = { onFailure, onLog, findSourceLine };
    const host: Host = {
      state,
      trace,
      metrics: new MetricStore(clock.now),
      clock,
      ids: systemIds,
      faults,
      ...told,
      ...(inspectors && { inspectors }),
    };
    const { variables, routes } = surround({ ...host, endpoint, stories });

    const notices = createNotices();
    const running = await runStack(stack, {
      host,
      server,
      variables,
      routes: {
        'GET /_local/health': () => ({ status: 200, body: { status: 'ok' } }),
        ...traceRoutes(trace, subjectOf, systemIds.uuid(), notices),
        ...clockRoutes(clock, trace),
        ...chaosRoutes(chaosReport),
        ...faultRoutes(faults),
        ...routes,
      },
    });
    ends.push(running.close);
    history?.begin();
    if (otlpUrl !== undefined) {
      const { exportTraces } = await import('./otlp/export-traces.ts');
      const place = () => running.plan.place;
      ends.push(exportTraces({ trace, url: otlpUrl, stack: stack.name, place, subjectOf, onFailure }));
    }

    return {
      endpoint,
      get apiUrl() {
        return `${endpoint}${running.wiring.paths[0] ?? ''}`.replace(/\/$/, '');
      },
      region: running.plan.place.region,
      get deadLetterQueues() {
        return deadLetterQueues(running.plan);
      },
      trace,
      stories,
      advance: (ms) => clock.advance(ms, () => trace.idle()),
      chaosReport: () => chaosReport?.(),
      settle: () => settle(clock, trace),
      swap: async (changedDir) => running.swap(readStack(changedDir)),
      tell: notices.tell,
      debuggers: async () => inspectors?.listening() ?? [],
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Loaded when it is needed: Node's SQLite takes its time, and warns of being experimental. */
async function openState(dataDir: string, stack: string): Promise<State> {
  const { createDiskState } = await import('./state/disk-state.ts');
  return createDiskState(dataDir, stack);
}

/** Far more entries than the trace of one process has. */
const entriesOfAProcess = 1e12;

/** Counts this start in the state, and leaves the sequences of the starts before it to them. */
function spansBefore(state: State): number {
  const starts = state.collection<number>('starts');
  const before = starts.get('count') ?? 0;
  starts.set('count', before + 1);
  return before * entriesOfAProcess;
}
