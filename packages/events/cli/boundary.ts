import type { ContractEvent } from '@orders/contract';
import { createAjv, findWritten, type Keywords, type Schema, writerOf } from '@orders/schema-compatibility';

/** A place in a detail: names, and 0 for the first item of a list. */
type Path = readonly (string | number)[];

/**
 * Valid details at the limits of the schema, each with one field at one of its limits, or without a field that may be
 * missing. Each has a name that says which. A schema without a limit has one, which is any valid detail.
 *
 * @param makeDetail makes a valid detail to change
 */
export function boundaryDetails(
  { detail: schema }: ContractEvent,
  makeDetail: (index: number) => unknown,
): [string, unknown][] {
  const isValid = createAjv({ strict: false, validateSchema: false }).compile({ ...schema, $id: 'boundary' });
  const atLimits = changesIn(writerOf(schema).schema, [])
    .map(({ name, change }, index): [string, unknown] => [name, change(makeDetail(index))])
    .filter(([, detail]) => isValid(detail));
  return atLimits.length > 0 ? atLimits : [['no limit', makeDetail(0)]];
}

interface Change {
  readonly name: string;
  readonly change: (detail: unknown) => unknown;
}

function changesIn(schema: Schema, path: Path): Change[] {
  if (typeof schema === 'boolean') return [];
  const place = path.join('.');
  const atLimits = limitsOf(schema).flatMap(([name, wanted]) => {
    const found = findWritten(writerOf(schema), [wanted]);
    if (found.outcome !== 'found' || path.length === 0) return [];
    return [
      { name: `${place} ${name}`, change: (detail: unknown) => withValue(detail, path, found.document) },
    ];
  });
  const { properties = {}, required = [], items, allOf = [] } = schema as Parts;
  const inFields = Object.entries(properties).flatMap(([name, field]) => [
    ...(required.includes(name)
      ? []
      : [
          {
            name: `without ${[...path, name].join('.')}`,
            change: (detail: unknown) => withValue(detail, [...path, name], undefined),
          },
        ]),
    ...changesIn(field, [...path, name]),
  ]);
  const inItems = items === undefined || Array.isArray(items) ? [] : changesIn(items, [...path, 0]);
  return [...atLimits, ...inFields, ...inItems, ...allOf.flatMap((part) => changesIn(part, path))];
}

interface Parts {
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema | Schema[];
  allOf?: Schema[];
}

/** The limits of a schema, and the schema of a value at each. */
function limitsOf(schema: Keywords): [name: string, wanted: Keywords][] {
  return Object.entries(schema).flatMap(([keyword, value]): [string, Keywords][] => {
    switch (keyword) {
      case 'minimum':
      case 'maximum':
        return [[`${keyword} ${value}`, { const: value }]];
      case 'minLength':
      case 'maxLength':
        return [[`${keyword} ${value}`, { minLength: value, maxLength: value }]];
      case 'minItems':
      case 'maxItems':
        return [[`${keyword} ${value}`, { minItems: value, maxItems: value }]];
      case 'enum':
        return (value as unknown[]).map((each) => [`is ${JSON.stringify(each)}`, { const: each }]);
      default:
        return [];
    }
  });
}

/** A copy with another value at a place, or with none for undefined. */
function withValue(whole: unknown, [step, ...rest]: Path, value: unknown): unknown {
  if (step === undefined) return value;
  if (typeof step === 'number') {
    const items = Array.isArray(whole) ? whole : [];
    return [withValue(items[0], rest, value), ...items.slice(1)];
  }
  const { [step]: inner, ...others } = (typeof whole === 'object' && whole !== null ? whole : {}) as Record<
    string,
    unknown
  >;
  const changed = withValue(inner, rest, value);
  return changed === undefined ? others : { ...(whole as object), [step]: changed };
}
