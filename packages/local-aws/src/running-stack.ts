import { setTimeout } from 'node:timers/promises';
import { comparePlans } from './compare-plans.ts';
import type { Host } from './context.ts';
import { firstAnswer, type HttpHandler } from './http.ts';
import { createLocalApi, type LocalRoutes } from './local-api.ts';
import { type Plan, resolvePlan, type SynthesizedStack } from './plan/read-plan.ts';
import { UnsupportedError } from './plan/unsupported-error.ts';
import type { LocalServer } from './server.ts';
import { readSystemMap } from './system-map.ts';
import type { Trace } from './trace.ts';
import { type Wiring, wire } from './wire.ts';

/** A stack that runs, and can be swapped for a changed one. */
export interface RunningStack {
  readonly plan: Plan;
  readonly wiring: Wiring;
  /**
   * Runs a changed stack in the place of this one, around the state that is there.
   *
   * Where only the code of functions changed, what they are running ends in the old code. Otherwise, what is under way ends
   * before, or, if it takes longer, is done again. Requests of clients of the HTTP APIs wait meanwhile.
   *
   * @returns what is different, a phrase each
   * @throws {UnsupportedError} for a stack that can't run here. This one goes on
   */
  swap(stack: SynthesizedStack): Promise<string[]>;
  close(): Promise<void>;
}

export interface RunningStackParts {
  host: Host;
  server: LocalServer;
  /** Values for the variables of the stack. */
  variables: Readonly<Record<string, string>>;
  /** What is below `/_local`, whatever the stack is. */
  routes: LocalRoutes;
}

/** How long what is under way has to end when a stack is swapped. Real time. */
const endingMs = 5_000;

export async function runStack(
  stack: SynthesizedStack,
  { host, server, variables, routes }: RunningStackParts,
): Promise<RunningStack> {
  const resolve = (from: SynthesizedStack) => resolvePlan(from, { endpoint: server.endpoint, variables });
  let plan = resolve(stack);
  let wiring = await wire(plan, host);
  let swapping: Promise<unknown> = Promise.resolve();

  /** What isn't a client's of the HTTP APIs. The stage $default takes every path, so this comes first. */
  const inner = (): HttpHandler[] => [
    createLocalApi({
      'GET /_local/map': () => ({ status: 200, body: { ...readSystemMap(plan), stages: wiring.paths } }),
      ...wiring.routes,
      ...routes,
    }),
    ...wiring.aws,
  ];
  const serve = (handlers: readonly HttpHandler[]) =>
    server.serve(handlers, [...wiring.paths, '/_local/health']);
  const serveAll = () => serve([...inner(), wiring.apis]);
  serveAll();

  const rewire = async (after: Plan): Promise<void> => {
    await wiring.close();
    try {
      wiring = await wire(after, host);
      plan = after;
    } catch (error) {
      wiring = await wire(plan, host);
      throw error;
    }
  };

  const swap = async (to: SynthesizedStack): Promise<string[]> => {
    if (to.name !== stack.name) {
      throw new UnsupportedError(
        `The stack ${to.name} can't take the place of ${stack.name}: start again with that stage`,
      );
    }
    const after = resolve(to);
    const { phrases, isCodeOnly } = comparePlans(plan, after);
    // A debugger finds only one process of a function: the old one has to be gone before.
    if (isCodeOnly && !host.inspectors) {
      wiring.updateCode(after);
      plan = after;
      return phrases;
    }
    const swapped = Promise.withResolvers<void>();
    const later =
      (handlers: () => readonly HttpHandler[]): HttpHandler =>
      async (request) => {
        await swapped.promise;
        return firstAnswer(handlers(), request);
      };
    try {
      // What is under way still calls AWS.
      serve([...inner(), later(() => [wiring.apis])]);
      wiring.pause();
      await idleWithin(endingMs, host.trace);
      serve([later(() => [...inner(), wiring.apis])]);
      await rewire(after);
    } finally {
      serveAll();
      swapped.resolve();
    }
    return phrases;
  };

  return {
    get plan() {
      return plan;
    },
    get wiring() {
      return wiring;
    },
    swap(to) {
      const done = swapping.then(() => swap(to));
      swapping = done.catch(() => {});
      return done;
    },
    async close() {
      await swapping;
      await wiring.close();
    },
  };
}

/** Waits until nothing runs, or the time is up. */
async function idleWithin(ms: number, trace: Trace): Promise<void> {
  const late = new AbortController();
  const timeIsUp = setTimeout(ms, undefined, { signal: late.signal }).catch(() => {});
  await Promise.race([trace.idle(), timeIsUp]);
  late.abort();
}
