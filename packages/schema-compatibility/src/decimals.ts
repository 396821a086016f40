/**
 * Whether a number is a multiple of another, as their decimals have it: 19.99 is a multiple of 0.01, although the quotient
 * of the two doubles isn't whole.
 */
export function isMultipleOf(value: number, step: number): boolean {
  if (Number.isSafeInteger(value) && Number.isSafeInteger(step)) return value % step === 0;
  const [left, right] = [decimalOf(value), decimalOf(step)];
  if (!left || !right) return false;
  const scale = Math.min(left.exponent, right.exponent);
  const scaled = ({ digits, exponent }: Decimal) => digits * 10n ** BigInt(exponent - scale);
  return scaled(left) % scaled(right) === 0n;
}

/** digits × 10^exponent */
interface Decimal {
  digits: bigint;
  exponent: number;
}

function decimalOf(number: number): Decimal | undefined {
  const [, whole, fraction = '', exponent = '0'] =
    /^(-?\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(number)) ?? [];
  if (whole === undefined) return undefined;
  return { digits: BigInt(whole + fraction), exponent: Number(exponent) - fraction.length };
}

/** A multiple of a step, without the error of multiplying doubles: 3 × 0.1 is 0.3. */
export function multipleOf(step: number, times: number): number {
  const decimal = decimalOf(step);
  return decimal && Number.isSafeInteger(times)
    ? Number(`${decimal.digits * BigInt(times)}e${decimal.exponent}`)
    : step * times;
}
