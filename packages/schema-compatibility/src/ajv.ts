import { resolve } from 'node:path';
import { _, Ajv, type CodeKeywordDefinition, type KeywordCxt, type Options } from 'ajv';
import { getProperty } from 'ajv/dist/compile/codegen/code.js';
import { formats } from './formats.ts';
import { constant, multipleOf, oneOf, unique } from './runtime.ts';

/**
 * Ajv as every part of the contract uses it: the generated parsers, the check of schema files and the comparison of
 * schemas. It differs from plain Ajv in these ways:
 * - It knows the formats of {@link formats}.
 * - `multipleOf` takes decimals as they are written: 19.99 is a multiple of 0.01.
 * - `const`, `enum` and `uniqueItems` compare JSON values. Plain Ajv calls `toString` and `valueOf`, which may be fields.
 * - A list of schemas in `items` says nothing of positions that an array doesn't have. Plain Ajv, where it stops at the first
 *   error, skips the keywords after the list for such an array, and so accepts an empty one whatever `contains` demands.
 *
 * Use its option `ownProperties` where a schema may declare a name that every object inherits, such as `constructor`.
 */
export function createAjv(options: Options): Ajv {
  const ajv = new Ajv({ ...options, formats: { ...formats } });
  for (const [keyword, decide] of Object.entries(deciders)) {
    // Plain Ajv's errors have parameters that only its own code sets.
    const { error: _error, ...plain } = ajv.getKeyword(keyword) as CodeKeywordDefinition;
    ajv.removeKeyword(keyword);
    ajv.addKeyword({
      ...plain,
      code(context: KeywordCxt) {
        const decider = decide(context.schema);
        if (decider === undefined) return plain.code(context);
        const code = _`require("validator-runtime")${getProperty(decider.name)}`;
        const decides = context.gen.scopeValue('func', { ref: decider, code });
        context.fail(_`!${decides}(${context.schemaCode}, ${context.data})`);
      },
    });
  }
  const { code: validateItems, ...items } = ajv.getKeyword('items') as CodeKeywordDefinition;
  ajv.removeKeyword('items');
  ajv.addKeyword({
    ...items,
    code(context: KeywordCxt) {
      // The keywords after it then don't ask for its result, which there isn't for a missing item.
      if (Array.isArray(context.schema)) Object.assign(context, { allErrors: true });
      validateItems(context);
    },
  });
  return ajv;
}

/** A function of the runtime: it gets the value of the keyword and the data. */
type Decider = (value: never, data: never) => boolean;

/** The function of the runtime that decides a keyword with this value; undefined where plain Ajv does it well. */
const deciders: Record<string, (value: unknown) => Decider | undefined> = {
  multipleOf: () => multipleOf,
  const: (value) => (isObject(value) ? constant : undefined),
  enum: (values) => ((values as unknown[]).some(isObject) ? oneOf : undefined),
  uniqueItems: () => unique,
};

const isObject = (value: unknown) => typeof value === 'object' && value !== null;

/** The module that the code of generated validators requires, for a bundler. */
export const runtimeModules: Readonly<Record<string, string>> = {
  'validator-runtime': resolve(import.meta.dirname, 'runtime.ts'),
};
