import { createHash } from 'node:crypto';
import { isObject, type JsonValue } from '../json.ts';
import { objectAt, textAt } from './arguments.ts';
import { IntrinsicError, type IntrinsicFunction } from './intrinsic.ts';

/** How many characters `States.Hash`, `States.Base64Encode` and `States.Base64Decode` take. */
const maxCharacters = 10_000;

const algorithms: Readonly<Record<string, string>> = {
  MD5: 'md5',
  'SHA-1': 'sha1',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
};

export const textFunctions: Readonly<Record<string, IntrinsicFunction>> = {
  'States.Format': {
    arity: [1, Infinity],
    evaluate(values, _, format) {
      const parts = format ?? textAt(values, 0).split('{}');
      const given = values.length - 1;
      if (given !== parts.length - 1) {
        throw new IntrinsicError(`the text has ${parts.length - 1} places for arguments, received ${given}`);
      }
      return parts.map((part, at) => (at === 0 ? part : `${inText(values[at] ?? null)}${part}`)).join('');
    },
  },

  'States.StringToJson': {
    arity: [1, 1],
    evaluate(values) {
      const text = textAt(values, 0);
      if (text.trim() === '') return null;
      try {
        // Adding 0 makes -0 an ordinary zero.
        return JSON.parse(text, (_, value) => (typeof value === 'number' ? value + 0 : value)) as JsonValue;
      } catch {
        throw new IntrinsicError(`the text isn't JSON: ${text.slice(0, 60)}`);
      }
    },
  },

  'States.JsonToString': { arity: [1, 1], evaluate: ([value = null]) => JSON.stringify(value) },

  'States.StringSplit': {
    arity: [2, 2],
    evaluate(values) {
      const text = textAt(values, 0);
      const delimiters = new Set(textAt(values, 1));
      const parts: string[] = [''];
      for (const character of text) {
        if (delimiters.has(character)) parts.push('');
        else parts.push(`${parts.pop() ?? ''}${character}`);
      }
      // As on AWS, an empty part is left out.
      return parts.filter((part) => part !== '');
    },
  },

  'States.Base64Encode': {
    arity: [1, 1],
    evaluate: (values) => Buffer.from(limited(values)).toString('base64'),
  },

  'States.Base64Decode': {
    arity: [1, 1],
    evaluate(values) {
      const text = limited(values);
      if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) throw new IntrinsicError("the text isn't Base64");
      return Buffer.from(text, 'base64').toString();
    },
  },

  'States.Hash': {
    arity: [2, 2],
    evaluate(values) {
      const [data = null] = values;
      const text = typeof data === 'string' ? data : JSON.stringify(data);
      if (text.length > maxCharacters) throw tooLong(text);
      const name = textAt(values, 1);
      const algorithm = Object.hasOwn(algorithms, name) ? algorithms[name] : undefined;
      if (algorithm === undefined) {
        throw new IntrinsicError(
          `the algorithm is one of ${Object.keys(algorithms).join(', ')}, received ${name}`,
        );
      }
      return createHash(algorithm).update(text).digest('hex');
    },
  },

  'States.JsonMerge': {
    arity: [3, 3],
    evaluate(values) {
      if (values[2] !== false) {
        throw new IntrinsicError('argument 3 has to be false: Step Functions merges the top level only');
      }
      return { ...objectAt(values, 0), ...objectAt(values, 1) };
    },
  },
};

function limited(values: readonly JsonValue[]): string {
  const text = textAt(values, 0);
  if (text.length > maxCharacters) throw tooLong(text);
  return text;
}

const tooLong = (text: string) =>
  new IntrinsicError(`a text has up to ${maxCharacters} characters, received ${text.length}`);

/** A value inside of a formatted text, as AWS prints it: `{a=1, b=[x]}`. */
function inText(value: JsonValue): string {
  if (Array.isArray(value)) return `[${value.map(inText).join(', ')}]`;
  if (isObject(value))
    return `{${Object.entries(value)
      .map(([key, item]) => `${key}=${inText(item)}`)
      .join(', ')}}`;
  return String(value);
}
