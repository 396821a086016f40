import type { ContractEvent } from '@orders/contract';
import { createAjv, type Keywords, type Schema, writerOf } from '@orders/schema-compatibility';
import fc from 'fast-check';
import { UsageError } from './command.ts';

/** For each event that is wanted, this many may be made. The others break a demand that the generator doesn't know. */
const maxTries = 20;

/**
 * Random details that the schema accepts.
 *
 * @param seed the same details for the same seed
 * @throws {UsageError} for a schema that hardly any random detail fits
 */
export function fuzzDetails(
  { detailType, detail: schema }: ContractEvent,
  count: number,
  seed: number,
): [string, unknown][] {
  const isValid = createAjv({ strict: false, validateSchema: false }).compile({ ...schema, $id: 'fuzz' });
  const most = count * maxTries;
  let [made, fitting] = [0, 0];
  const valid = arbitraryOf(writerOf(schema).schema).filter((detail) => {
    if (made === most) {
      throw new UsageError(
        `${detailType}: only ${fitting} of ${most} random details fit the schema; allowed is a smaller --fuzz`,
      );
    }
    made += 1;
    const fits = isValid(detail);
    if (fits) fitting += 1;
    return fits;
  });
  return fc.sample(valid, { seed, numRuns: count }).map((detail, index) => [`random ${index + 1}`, detail]);
}

/** Values that mostly fit a schema without references. */
function arbitraryOf(schema: Schema): fc.Arbitrary<unknown> {
  if (typeof schema === 'boolean') return fc.jsonValue();
  const { anyOf, oneOf, allOf, ...rest } = schema as Record<string, Schema[] | undefined> & Keywords;
  if (allOf) return arbitraryOf(allOf.reduce<Keywords>(merged, { ...rest, anyOf, oneOf }));
  const variants = anyOf ?? oneOf;
  if (variants) return fc.oneof(...variants.map((variant) => arbitraryOf(merged(rest, variant))));
  if ('const' in rest) return fc.constant(rest.const);
  if (Array.isArray(rest.enum)) return fc.constantFrom(...(rest.enum as unknown[]));
  const types = [rest.type ?? typeOf(rest)].flat() as string[];
  return fc.oneof(...types.map((type) => ofType(type, rest)));
}

/** Both schemas at once. Of a keyword of both, the second counts, except that all fields stay. */
function merged(one: Keywords, other: Schema): Keywords {
  if (typeof other === 'boolean') return one;
  const { properties = {}, required = [] } = one;
  return {
    ...one,
    ...other,
    ...(('properties' in one || 'properties' in other) && {
      properties: { ...(properties as object), ...(other.properties as object | undefined) },
    }),
    required: [...(required as string[]), ...((other.required ?? []) as string[])],
  };
}

const typeOf = (schema: Keywords) => ('properties' in schema ? 'object' : 'json');

const texts: Readonly<Record<string, () => fc.Arbitrary<string>>> = {
  'date-time': () => dates().map((date) => date.toISOString()),
  date: () => dates().map((date) => date.toISOString().slice(0, 10)),
  uuid: () => fc.uuid(),
  email: () => fc.emailAddress(),
  uri: () => fc.webUrl(),
  ipv4: () => fc.ipV4(),
  ipv6: () => fc.ipV6(),
};
const dates = () =>
  fc.date({ min: new Date('1970-01-01'), max: new Date('2100-01-01'), noInvalidDate: true });

function ofType(type: string, schema: Keywords): fc.Arbitrary<unknown> {
  switch (type) {
    case 'string':
      return text(schema);
    case 'integer':
    case 'number':
      return number(type, schema);
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(arbitraryOf((schema.items as Schema | undefined) ?? true), {
        minLength: (schema.minItems as number | undefined) ?? 0,
        maxLength:
          (schema.maxItems as number | undefined) ?? ((schema.minItems as number | undefined) ?? 0) + 5,
      });
    case 'object':
      return object(schema);
    default:
      return fc.jsonValue();
  }
}

/** By their patterns: fast-check takes long to prepare one, and events have the same fields. */
const textsMatching = new Map<string, fc.Arbitrary<string>>();

function matching(pattern: string): fc.Arbitrary<string> {
  const known = textsMatching.get(pattern) ?? fc.stringMatching(new RegExp(pattern, 'u'));
  textsMatching.set(pattern, known);
  return known;
}

function text({ pattern, format, minLength = 0, maxLength }: Keywords): fc.Arbitrary<string> {
  if (pattern !== undefined) return matching(pattern as string);
  const known = texts[format as string];
  if (known) return known();
  const least = minLength as number;
  return fc.string({ minLength: least, maxLength: (maxLength as number | undefined) ?? least + 20 });
}

/** A span of numbers where the schema has no bound. */
const span = 1_000_000;

function number(type: string, schema: Keywords): fc.Arbitrary<number> {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema as Record<
    string,
    number | undefined
  >;
  const least = minimum ?? exclusiveMinimum ?? (maximum ?? exclusiveMaximum ?? span) - 2 * span;
  const most = maximum ?? exclusiveMaximum ?? least + 2 * span;
  const step = multipleOf ?? (type === 'integer' ? 1 : undefined);
  if (step === undefined) return fc.double({ min: least, max: most, noNaN: true });
  const [first, last] = [Math.ceil(least / step), Math.floor(most / step)];
  const times = { min: first, max: Math.max(first, last) };
  // By division where it is exact: 3 × 0.1 isn't 0.3, and 3 / 10 is.
  return fc.integer(times).map((count) => (step < 1 ? count / Math.round(1 / step) : count * step));
}

function object({ properties = {}, required = [] }: Keywords): fc.Arbitrary<object> {
  const fields = Object.entries(properties as Record<string, Schema>);
  const always = (required as string[]).filter((name) => Object.hasOwn(properties as object, name));
  return fc.record(Object.fromEntries(fields.map(([name, field]) => [name, arbitraryOf(field)])), {
    requiredKeys: always,
    noNullPrototype: true,
  });
}
