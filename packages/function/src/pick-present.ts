/**
 * Picks fields of an object. A field that the object doesn't have, or that is undefined, is absent: not undefined, which an
 * equal object without it would not be.
 *
 * @param fields a `Record` of them, so that its type can ask for every field of a contract
 */
export function pickPresent<T extends object, F extends keyof T>(
  from: T,
  fields: Readonly<Record<F, unknown>>,
): Pick<T, F> {
  const names = Object.keys(fields) as F[];
  return Object.fromEntries(
    names.flatMap((name) => (from[name] === undefined ? [] : [[name, from[name]]])),
  ) as Pick<T, F>;
}
