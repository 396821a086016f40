import { availableParallelism } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import type { Environment } from './environment.ts';
import { FunctionError } from './function-error.ts';
import { watchIdleCores } from './idle-cores.ts';

/** The environments of one function, kept for reuse. */
export interface Pool {
  /** Runs work in a free environment, or a new one, or the next to be free. */
  run<T>(work: (environment: Environment) => Promise<T>): Promise<T>;
  /** Starts one, so that it is there before it is needed. */
  prepare(): void;
  /** Ends each of them when it has answered. Resolves when nothing waits for one, and all processes are gone. */
  retire(): Promise<void>;
  /** Ends all of them, and fails what waits for one. Resolves when their processes are gone. */
  close(): Promise<void>;
}

/** How many environments of one function there are, at most; what is more waits for one to be free. */
const maxEnvironments = 10;

/** How many environments of one function start at the same time, at most. */
const maxStarting = Math.max(1, Math.floor(availableParallelism() / 2));

/** After this long, an environment that still starts holds up no other one. */
const slowStartMs = 1_000;

/** How long a start takes, until one has been measured. */
const usualStartMs = 250;

/** What waits for an environment. */
interface Turn extends PromiseWithResolvers<Environment> {
  since: number;
}

/**
 * The first environment starts when it is needed. What comes meanwhile waits for it: a start costs as much as dozens of
 * invocations. Another one starts for what has waited as long as a start takes, if this machine has time for it. If no
 * environment was free or has started in that time, it starts in any case: they may wait for what waits here.
 *
 * @param options.most how many there are, at most
 * @param options.watchIdle gives how many cores have nothing to do, from the call on
 */
export function createPool(
  start: () => Environment,
  { most = maxEnvironments, watchIdle = watchIdleCores } = {},
): Pool {
  const all = new Set<Environment>();
  const free: Environment[] = [];
  const waiting: Turn[] = [];
  let closed = false;
  let retired = false;
  /** How much work has an environment, or waits for one. */
  let running = 0;
  const gone = Promise.withResolvers<void>();
  const closedError = () => new FunctionError('Sandbox.Closed', 'The local run is ending');

  let starting = 0;
  let startMs = usualStartMs;
  /** How often an environment was free for what comes next, or was there to run it. */
  let turns = 0;
  let isWatched = false;
  const canStart = () => all.size < most && starting < maxStarting;
  const startOne = () => {
    const environment = start();
    all.add(environment);
    starting += 1;
    const begunAt = performance.now();
    void Promise.race([environment.free(), setTimeout(slowStartMs, undefined, { ref: false })]).then(() => {
      starting -= 1;
      turns += 1;
      startMs = performance.now() - begunAt;
    });
    return environment;
  };
  /** Starts another one for what waits too long. */
  const watch = async () => {
    if (isWatched) return;
    isWatched = true;
    while (waiting.length > 0) {
      const [begunAt, turnsBefore, idle] = [performance.now(), turns, watchIdle()];
      await setTimeout(startMs, undefined, { ref: false });
      const waitsTooLong = waiting[0] !== undefined && waiting[0].since <= begunAt;
      const helps = turns === turnsBefore || idle() >= 0.5;
      if (waitsTooLong && helps && canStart()) waiting.shift()?.resolve(startOne());
    }
    isWatched = false;
  };
  /** Ends one that takes no more invocations: its process may still be there. */
  const drop = async (environment: Environment) => {
    await environment.kill();
    all.delete(environment);
    // Work that waits still starts one, from the same code.
    if (retired && running === 0 && all.size === 0) gone.resolve();
  };
  const take = async (): Promise<Environment> => {
    for (let environment = free.pop(); environment; environment = free.pop()) {
      // It has answered, and may still end because of what it left.
      await environment.free();
      if (environment.alive) return environment;
      await drop(environment);
    }
    if (closed) throw closedError();
    if (all.size === 0) return startOne();
    const turn = { ...Promise.withResolvers<Environment>(), since: performance.now() };
    waiting.push(turn);
    void watch();
    return turn.promise;
  };
  const release = async (environment: Environment) => {
    const isNeeded = !retired || waiting.length > 0;
    const usable = environment.alive && isNeeded ? environment : undefined;
    // What it left behind its answer shows by then.
    if (!usable && environment.alive) await environment.free();
    if (!usable) await drop(environment);
    turns += 1;
    const next = waiting.shift();
    if (next) next.resolve(usable ?? startOne());
    else if (usable) free.push(usable);
  };

  return {
    async run(work) {
      running += 1;
      try {
        const environment = await take();
        try {
          return await work(environment);
        } finally {
          void release(environment);
        }
      } finally {
        running -= 1;
      }
    },
    prepare() {
      free.push(startOne());
    },
    async retire() {
      retired = true;
      for (const environment of free.splice(0)) void drop(environment);
      if (running > 0 || all.size > 0) await gone.promise;
    },
    async close() {
      closed = true;
      for (const turn of waiting.splice(0)) turn.reject(closedError());
      await Promise.all([...all].map((environment) => environment.kill()));
    },
  };
}
