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
