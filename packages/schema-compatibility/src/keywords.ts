/** The kinds of value. No value is of two kinds. */
export const kinds = ['string', 'integer', 'fraction', 'boolean', 'object', 'array', 'null'] as const;
export type Kind = (typeof kinds)[number];

/** What this package knows about a keyword. */
interface Keyword {
  /** The kinds of value that the keyword restricts. It holds for every other kind. All kinds if absent. */
  kinds?: readonly Kind[];
  /** The schemas in its value: one, a list, a map by name, or for `items` one or a list. */
  inner?: 'one' | 'list' | 'map' | 'one or list';
  /** It doesn't change which documents a schema accepts. */
  isAnnotation?: true;
  /** The search understands it. Ajv judges any other keyword, and the search is undecided where that doesn't settle it. */
  isDecided?: true;
}

const numbers: Kind[] = ['integer', 'fraction'];
const decided = { isDecided: true } as const;
const ofNumbers: Keyword = { kinds: numbers, ...decided };
const ofStrings: Keyword = { kinds: ['string'], ...decided };
const ofArrays: Keyword = { kinds: ['array'], ...decided };
const ofObjects: Keyword = { kinds: ['object'], ...decided };
const annotation: Keyword = { isAnnotation: true };

/**
 * Every keyword that a schema of an event may have. The comparison of schemas, the check of schema files and the words for
 * a schema take their keywords from here, so that none of them obeys a keyword that another doesn't know. A Map, because
 * an object inherits names, and a schema may have a keyword `constructor`.
 */
export const keywords: ReadonlyMap<string, Keyword> = new Map<string, Keyword>([
  ['type', decided],
  ['enum', decided],
  ['const', decided],
  ['minimum', ofNumbers],
  ['maximum', ofNumbers],
  ['exclusiveMinimum', ofNumbers],
  ['exclusiveMaximum', ofNumbers],
  ['multipleOf', ofNumbers],
  ['minLength', ofStrings],
  ['maxLength', ofStrings],
  ['pattern', ofStrings],
  ['format', ofStrings],
  ['items', { ...ofArrays, inner: 'one or list' }],
  ['additionalItems', { ...ofArrays, inner: 'one' }],
  ['contains', { ...ofArrays, inner: 'one' }],
  ['minItems', ofArrays],
  ['maxItems', ofArrays],
  ['uniqueItems', ofArrays],
  ['required', ofObjects],
  ['properties', { ...ofObjects, inner: 'map' }],
  ['additionalProperties', { ...ofObjects, inner: 'one' }],
  ['patternProperties', { kinds: ['object'], inner: 'map' }],
  ['propertyNames', { kinds: ['object'], inner: 'one' }],
  ['minProperties', ofObjects],
  ['maxProperties', ofObjects],
  ['dependencies', { kinds: ['object'] }],
  ['allOf', { inner: 'list' }],
  ['anyOf', { inner: 'list' }],
  ['oneOf', { inner: 'list' }],
  ['not', { inner: 'one' }],
  ['if', { inner: 'one' }],
  ['then', { inner: 'one' }],
  ['else', { inner: 'one' }],
  ['$ref', {}],
  ['definitions', { ...annotation, inner: 'map' }],
  ['$schema', annotation],
  ['$id', annotation],
  ['$comment', annotation],
  ['title', annotation],
  ['description', annotation],
  ['default', annotation],
  ['examples', annotation],
  ['readOnly', annotation],
  ['writeOnly', annotation],
  ['contentEncoding', annotation],
  ['contentMediaType', annotation],
]);

/** The schemas directly inside a schema, each with its JSON Pointer from there. */
export function* innerSchemas(schema: object): Generator<[pointer: string, schema: unknown]> {
  for (const [keyword, value] of Object.entries(schema)) {
    const { inner } = keywords.get(keyword) ?? {};
    if (keyword === 'dependencies' || inner === 'map') {
      for (const [name, each] of Object.entries(value as object)) {
        if (!Array.isArray(each)) yield [`/${keyword}/${escapePointer(name)}`, each];
      }
    } else if (inner === 'list' || (inner === 'one or list' && Array.isArray(value))) {
      for (const [index, each] of (value as unknown[]).entries()) yield [`/${keyword}/${index}`, each];
    } else if (inner !== undefined) {
      yield [`/${keyword}`, value];
    }
  }
}

const escapePointer = (name: string) => name.replaceAll('~', '~0').replaceAll('/', '~1');
