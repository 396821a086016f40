import { AwsError } from '../../aws-error.ts';
import type { Context } from '../../context.ts';
import type { Meter } from '../../metrics/metric-store.ts';
import { dimensionsOf } from '../../metrics/sources.ts';
import { concurrentExecutions, quotasIn } from '../../quotas.ts';

/** How many invocations run, and how many may. */
export interface Concurrency {
  /** How many may run at once in the account. */
  readonly limit: number;
  /** How many of these aren't reserved for a function. */
  readonly unreserved: number;
  /** How many are reserved for a function: it may have these, and no more. */
  reservedFor(functionName: string): number | undefined;
  /**
   * Reserves some for a function; undefined takes its reservation away.
   *
   * @throws {AwsError} InvalidParameterValueException when too few would be left for the other functions
   */
  reserve(functionName: string, count: number | undefined): void;
  /**
   * Does the work of an invocation, and counts it.
   *
   * @param work calls `begin` when a process has it, with what resolves when that process has loaded the handler
   * @throws {AwsError} TooManyRequestsException when as many run as may
   */
  run<T>(functionName: string, work: (begin: (loaded: Promise<void>) => void) => Promise<T>): Promise<T>;
}

/** How many an account always leaves for the functions that have none reserved (Lambda developer guide). */
const leastUnreserved = 100;

/**
 * Limits the invocations that run at once: those of a function to what is reserved for it, and all others together to what is left
 * in the account. An invocation that waits for a process doesn't run yet.
 */
export function createConcurrency({ state, metrics }: Pick<Context, 'state' | 'metrics'>): Concurrency {
  const quotas = quotasIn(state);
  const reserved = state.collection<number>('reserved concurrency');
  /** By function: how many have come and aren't over, and how many of these a process has. */
  const functions = new Map<string, { come: number; running: number; count: Meter }>();
  const countInAccount = metrics.meter('AWS/Lambda', {});
  const stateOf = (name: string) => {
    const known = functions.get(name) ?? {
      come: 0,
      running: 0,
      count: metrics.meter('AWS/Lambda', dimensionsOf('AWS/Lambda', { function_name: name })),
    };
    functions.set(name, known);
    return known;
  };
  const limit = () => quotas.currentOf(concurrentExecutions);
  const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0);
  const unreserved = () => limit() - sum(reserved.values());
  const isFull = (name: string): boolean => {
    const own = reserved.get(name);
    if (own !== undefined) return stateOf(name).come >= own;
    let others = 0;
    for (const [each, { running }] of functions) if (reserved.get(each) === undefined) others += running;
    return others >= unreserved();
  };

  return {
    get limit() {
      return limit();
    },
    get unreserved() {
      return unreserved();
    },
    reservedFor: (name) => reserved.get(name),
    reserve(name, count) {
      if (count === undefined) {
        reserved.delete(name);
        return;
      }
      const left = unreserved() + (reserved.get(name) ?? 0) - count;
      if (left < leastUnreserved) {
        throw new AwsError(
          'InvalidParameterValueException',
          "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its " +
            `minimum value of [${leastUnreserved}]. It would be ${left}.`,
        );
      }
      reserved.set(name, count);
    },
    async run(name, work) {
      const own = stateOf(name);
      if (isFull(name)) {
        own.count('Throttles');
        throw new AwsError(
          'TooManyRequestsException',
          `Rate Exceeded. ${reasonOf(name, reserved.get(name), unreserved())}`,
          undefined,
          429,
        );
      }
      own.come += 1;
      let startedAt: number | undefined;
      let failed = 1;
      try {
        const result = await work((loaded) => {
          own.running += 1;
          startedAt = performance.now();
          void loaded.then(() => {
            startedAt = performance.now();
          });
          own.count('ConcurrentExecutions', own.running);
          countInAccount('ConcurrentExecutions', sum([...functions.values()].map(({ running }) => running)));
        });
        failed = 0;
        return result;
      } finally {
        own.come -= 1;
        if (startedAt !== undefined) {
          own.running -= 1;
          own.count('Invocations');
          own.count('Errors', failed);
          own.count('Throttles', 0);
          own.count('Duration', performance.now() - startedAt);
        }
      }
    },
  };
}

/** Whether an error is that as many invocations run as may. */
export const isThrottle = (error: unknown): boolean =>
  error instanceof AwsError && error.name === 'TooManyRequestsException';

const reasonOf = (name: string, reserved: number | undefined, unreserved: number) =>
  reserved === undefined
    ? `The functions without reserved concurrency run ${unreserved} times already, all that the account leaves them`
    : `The function ${name} has ${reserved} reserved, and uses all of them`;
