/** The faults that can be injected, and what each of them does. */
export const faultKinds = {
  duplicate: 'a delivery or an asynchronous invocation is made twice',
  reorder: 'a delivery or an asynchronous invocation is up to 5 s late, so that later ones overtake it',
  'drop-response': 'an answer is lost after the work is done',
  'function-crash': 'the process of a function is killed before, in or after an invocation',
  throttle: 'a call of a function or a workflow to the bus or a table is throttled',
  'partner-down': 'an API destination answers 503',
} as const;

export type FaultKind = keyof typeof faultKinds;

/** Which faults are injected, and how often. */
export interface Chaos {
  /** A whole number. The same seed injects the same faults into the same requests. */
  seed: number;
  /** How probable each fault is, from 0 to 1. One that is left out doesn't happen. */
  probabilities: Readonly<Partial<Record<FaultKind, number>>>;
}

/** Faults were asked for that don't exist, or can't be that probable. */
export class ChaosError extends Error {
  override readonly name = 'ChaosError';
}

const isKind = (name: string): name is FaultKind => Object.hasOwn(faultKinds, name);
const allowed =
  `Allowed are ${Object.keys(faultKinds).join(', ')}, each with a probability from 0 to 1: ` +
  'duplicate=0.1,throttle=0.05';

/**
 * Reads faults with their probabilities, `duplicate=0.1,throttle=0.05`.
 *
 * @throws {ChaosError} for an unknown or repeated fault, and for a probability outside of 0 to 1
 */
export function readProbabilities(text: string): Chaos['probabilities'] {
  const probabilities: Partial<Record<FaultKind, number>> = {};
  for (const part of text.split(',')) {
    const [, name = '', number = ''] = /^\s*([\w-]+)=(\d*\.?\d+)\s*$/.exec(part) ?? [];
    if (!isKind(name)) throw new ChaosError(`The fault is ${JSON.stringify(part)}. ${allowed}`);
    if (name in probabilities) throw new ChaosError(`The fault ${name} is there twice. Give it once`);
    probabilities[name] = Number(number);
  }
  checkChaos({ seed: 0, probabilities });
  return probabilities;
}

/** @throws {ChaosError} for a seed that isn't a whole number, an unknown fault, or a probability outside of 0 to 1 */
export function checkChaos({ seed, probabilities }: Chaos): void {
  if (!Number.isSafeInteger(seed)) throw new ChaosError(`The seed is ${seed}; allowed are whole numbers`);
  for (const [name, probability] of Object.entries(probabilities)) {
    if (!isKind(name)) throw new ChaosError(`The fault is ${JSON.stringify(name)}. ${allowed}`);
    if (!(probability >= 0 && probability <= 1)) {
      throw new ChaosError(`The probability of ${name} is ${probability}. ${allowed}`);
    }
  }
}
