import { compareNumber, LosslessNumber, parse } from 'lossless-json';

/** A member that an object of the text has more than once, with two of its values. */
export interface Repeated {
  field: string;
  values: readonly unknown[];
}

/**
 * Parses JSON, and loses nothing of it in silence. `JSON.parse` rounds numbers and takes the last of repeated members.
 *
 * @returns the value, in which a number that would be changed is a `LosslessNumber`, and the members that are
 *   repeated with other values
 * @throws {SyntaxError} if the text isn't JSON
 * @throws {RangeError} if it is nested too deeply
 */
export function parseJson(text: string): { value: unknown; repeated: Repeated[] } {
  const repeated: Repeated[] = [];
  const value = parse(text, null, {
    parseNumber: exactNumber,
    onDuplicateKey: ({ key, oldValue, newValue }) => {
      repeated.push({ field: key, values: [oldValue, newValue] });
      return newValue;
    },
  });
  return { value, repeated };
}

/** The number that a text of JSON is, or the text itself if the number would be written in other digits. */
export function exactNumber(text: string): number | LosslessNumber {
  const number = Number(text);
  // JSON has no infinity, and writes -0 as 0.
  const isKept =
    Number.isFinite(number) && !Object.is(number, -0) && compareNumber(text, String(number)) === 0;
  return isKept ? number : new LosslessNumber(text);
}
