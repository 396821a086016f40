import { isMultipleOf, multipleOf } from './decimals.ts';
import type { Atom } from './literals.ts';
import { firstThatMeets, type Search, type Task } from './search.ts';

/** Numbers to try, and what follows when none of them meets the atoms. */
interface NumberCandidates {
  candidates: number[];
  /** `every`: there are no others. `enough`: if any number meets the atoms, one of these does. `some`: another may. */
  areAll: 'every' | 'enough' | 'some';
  /** The keyword to name if it stays undecided. */
  keyword: string;
}

const maxTries = 2_000;

/** A number of the kind that meets all atoms. */
export function findNumber(
  kind: 'integer' | 'fraction',
  atoms: Atom[],
  { place, meets, doubtful }: Task,
): Search {
  const { candidates, areAll, keyword } = candidatesFor(kind, atoms);
  // Some numbers of many can't settle a keyword that isn't decided here.
  const exact = areAll === 'every' || (areAll === 'enough' && doubtful === undefined);
  return firstThatMeets(candidates, meets, exact, doubtful ?? keyword, place);
}

/** Numbers of a kind within the bounds that the atoms set. */
function candidatesFor(kind: 'integer' | 'fraction', atoms: Atom[]): NumberCandidates {
  let [low, high] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  let [lowOpen, highOpen] = [false, false];
  const atLeast = (limit: number, open: boolean) => {
    if (limit > low || (limit === low && open)) [low, lowOpen] = [limit, open];
  };
  const atMost = (limit: number, open: boolean) => {
    if (limit < high || (limit === high && open)) [high, highOpen] = [limit, open];
  };
  const divisors: number[] = [];
  const notDivisors: number[] = [];
  let notValues = 0;
  for (const { keyword, value, holds } of atoms) {
    const limit = value as number;
    if (keyword === 'minimum') holds ? atLeast(limit, false) : atMost(limit, true);
    if (keyword === 'exclusiveMinimum') holds ? atLeast(limit, true) : atMost(limit, false);
    if (keyword === 'maximum') holds ? atMost(limit, false) : atLeast(limit, true);
    if (keyword === 'exclusiveMaximum') holds ? atMost(limit, true) : atLeast(limit, false);
    if (keyword === 'multipleOf') (holds ? divisors : notDivisors).push(limit);
    if (!holds && keyword === 'const') notValues += 1;
    if (!holds && keyword === 'enum') notValues += (value as unknown[]).length;
  }
  // A multiple of 0.02 is one of 0.01.
  const isRefused = notDivisors.some((not) => divisors.some((divisor) => isMultipleOf(divisor, not)));
  const keyword =
    divisors.length + notDivisors.length > 0 ? 'multipleOf' : kind === 'integer' ? 'type' : 'minimum';
  if (isRefused || low > high || (low === high && (lowOpen || highOpen)))
    return { candidates: [], areAll: 'every', keyword };
  const range = { low, lowOpen, high, highOpen };
  return kind === 'integer'
    ? { ...integers(range, divisors, notDivisors, notValues), keyword }
    : { ...fractions(range, divisors), keyword };
}

interface Range {
  low: number;
  lowOpen: boolean;
  high: number;
  highOpen: boolean;
}

function integers(
  { low, lowOpen, high, highOpen }: Range,
  divisors: number[],
  notDivisors: number[],
  notValues: number,
): Omit<NumberCandidates, 'keyword'> {
  const whole = [...divisors, ...notDivisors].every(Number.isSafeInteger);
  const step = divisors.filter(Number.isSafeInteger).reduce(leastCommonMultiple, 1);
  const period = notDivisors.filter(Number.isSafeInteger).reduce(leastCommonMultiple, step) / step;
  const first = Math.ceil(low / step) * step + (lowOpen && Number.isInteger(low / step) ? step : 0);
  const last = Math.floor(high / step) * step - (highOpen && Number.isInteger(high / step) ? step : 0);
  if (first > last) return { candidates: [], areAll: 'every' };

  const candidates: number[] = [];
  const [start, by] = Number.isFinite(first)
    ? [first, step]
    : Number.isFinite(last)
      ? [last, -step]
      : [0, step];
  let exhausted = false;
  for (let at = start, tries = 0; tries < maxTries; at += by, tries++) {
    exhausted = at > last || at < first;
    if (exhausted) break;
    candidates.push(at + 0);
  }
  if (!candidates.every(Number.isSafeInteger) || !Number.isSafeInteger(step))
    return { candidates, areAll: 'some' };
  if (exhausted) return { candidates, areAll: 'every' };
  // Divisibility repeats with the period, and each excluded value spoils at most one period.
  const isEnough = whole && period * (notValues + 1) <= candidates.length;
  return { candidates, areAll: isEnough ? 'enough' : 'some' };
}

function fractions(
  { low, lowOpen, high, highOpen }: Range,
  divisors: number[],
): Omit<NumberCandidates, 'keyword'> {
  // A multiple of a whole number is whole, and so is every double of this size.
  if (divisors.some(Number.isSafeInteger)) return { candidates: [], areAll: 'every' };
  if (low >= 2 ** 53 || high <= -(2 ** 53)) return { candidates: [], areAll: 'every' };
  if (low === high) return { candidates: Number.isInteger(low) ? [] : [low], areAll: 'every' };

  const from = Number.isFinite(low) ? low : Number.isFinite(high) ? high - 10 : 0;
  const to = Number.isFinite(high) ? high : from + 10;
  const shares = [
    0.5,
    0.25,
    0.75,
    0.1,
    0.9,
    0.05,
    0.95,
    0.01,
    0.99,
    0.337,
    0.618,
    0.123456789,
    1e-6,
    1 - 1e-6,
  ];
  const multiples = divisors.flatMap((divisor) =>
    Array.from({ length: 200 }, (_, index) => multipleOf(divisor, Math.ceil(from / divisor) + index)),
  );
  const near = [from + 0.5, from + 0.05, to - 0.5, to - 0.05];
  const candidates = [
    ...near,
    from,
    to,
    ...multiples,
    ...shares.map((share) => from + (to - from) * share),
  ].filter(
    (number) =>
      !Number.isInteger(number) &&
      (lowOpen ? number > low : number >= low) &&
      (highOpen ? number < high : number <= high),
  );
  return { candidates, areAll: 'some' };
}

function leastCommonMultiple(left: number, right: number): number {
  let [a, b] = [Math.abs(left), Math.abs(right)];
  while (b > 0) [a, b] = [b, a % b];
  return Math.abs(left * right) / a;
}
