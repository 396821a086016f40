import { randomInt } from 'node:crypto';
import { type Chaos, ChaosError, type ChaosReport, readProbabilities } from '@orders/local-aws';
import { UsageError } from './usage-error.ts';

const maxSeed = 2 ** 31 - 1;

/**
 * Reads the arguments `--chaos` and `--seed`. Without a seed, it is any.
 *
 * @throws {UsageError}
 */
export function readChaos(faults: string | undefined, seed: string | undefined): Chaos | undefined {
  if (faults === undefined) {
    if (seed !== undefined) throw new UsageError('--seed goes with --chaos: it says which faults happen');
    return undefined;
  }
  try {
    return {
      seed: seed === undefined ? randomInt(maxSeed) : readSeed(seed),
      probabilities: readProbabilities(faults),
    };
  } catch (error) {
    throw error instanceof ChaosError ? new UsageError(`--chaos: ${error.message}`) : error;
  }
}

function readSeed(text: string): number {
  const seed = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (seed <= maxSeed) return seed;
  throw new UsageError(`The seed is ${JSON.stringify(text)}; allowed are whole numbers from 0 to ${maxSeed}`);
}

/** What was injected, and what it led to, as lines for a terminal. */
export function tellChaos(report: ChaosReport): string {
  const { seed, injected, flows, retries, failedRequests, failedExecutions, deadLetters } = report;
  const kinds = Object.entries(injected).filter(([, count]) => count > 0);
  if (kinds.length === 0) return `No fault was injected (seed ${seed}).`;
  const letters = Object.entries(deadLetters);
  return [
    `Injected with seed ${seed}, in ${flows} flows:`,
    ...kinds.map(([kind, count]) => `  ${String(count).padStart(6)}  ${kind}`),
    'It led to:',
    `  ${String(retries).padStart(6)}  further attempts`,
    `  ${String(failedRequests).padStart(6)}  requests with a 5xx or no answer`,
    `  ${String(failedExecutions).padStart(6)}  failed executions of workflows`,
    ...(letters.length > 0 ? [] : ['       0  dead letters']),
    ...letters.map(([queue, count]) => `  ${String(count).padStart(6)}  in the queue ${queue}`),
  ].join('\n');
}
