import type { Environment } from './environment.ts';
import { FunctionError } from './function-error.ts';

/** The environments of one function, kept for reuse. */
export interface Pool {
  /** Runs work in a free environment, or a new one, or the next to be free. */
  run<T>(work: (environment: Environment) => Promise<T>): Promise<T>;
  /** Ends all of them, and fails what waits for one. */
  close(): void;
}

/** How many environments of one function there are, at most; what is more waits for one to be free. */
const maxEnvironments = 10;

export function createPool(start: () => Environment): Pool {
  const all = new Set<Environment>();
  const free: Environment[] = [];
  const waiting: PromiseWithResolvers<Environment>[] = [];
  let closed = false;
  const closedError = () => new FunctionError('Sandbox.Closed', 'The local run is ending');

  const startOne = () => {
    const environment = start();
    all.add(environment);
    return environment;
  };
  /** One that takes no more invocations: its process may still be there. */
  const drop = (environment: Environment) => {
    all.delete(environment);
    environment.kill();
  };
  const take = async (): Promise<Environment> => {
    for (let environment = free.pop(); environment; environment = free.pop()) {
      // It has answered, and may still end because of what it left.
      await environment.free();
      if (environment.alive) return environment;
      drop(environment);
    }
    if (closed) throw closedError();
    if (all.size < maxEnvironments) return startOne();
    const turn = Promise.withResolvers<Environment>();
    waiting.push(turn);
    return turn.promise;
  };
  const release = (environment: Environment) => {
    const usable = environment.alive ? environment : undefined;
    if (!usable) drop(environment);
    const next = waiting.shift();
    if (next) next.resolve(usable ?? startOne());
    else if (usable) free.push(usable);
  };

  return {
    async run(work) {
      const environment = await take();
      try {
        return await work(environment);
      } finally {
        release(environment);
      }
    },
    close() {
      closed = true;
      for (const turn of waiting.splice(0)) turn.reject(closedError());
      for (const environment of all) environment.kill();
    },
  };
}
