/**
 * Reads an environment variable that the function can't run without.
 *
 * @param name the variable's name, such as `BUS_NAME`
 * @param meaning what its value must be, for the error: `the name of the event bus to publish to`
 * @throws {Error} when the variable is missing or empty
 */
export function requiredVariable(name: string, meaning: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: it must be ${meaning}`);
  return value;
}

/**
 * Reads an environment variable that the function can't run without, and that is a number above 0.
 *
 * @param name the variable's name, such as `DISPATCHED_WITHIN_MINUTES`
 * @param meaning what its value must be, for the error: `how long a dispatch may take, in minutes`
 * @throws {Error} when the variable is missing, empty, or isn't such a number
 */
export function requiredNumber(name: string, meaning: string): number {
  const text = requiredVariable(name, meaning);
  const value = Number(text);
  if (value > 0 && value < Number.POSITIVE_INFINITY) return value;
  throw new Error(`${name} is ${JSON.stringify(text)}: it must be ${meaning}, a number above 0`);
}
