import { type DetailType, InvalidEventError, type Issue, parseDetail } from '@orders/events';

/** What the form reads of a JSON Schema. */
export interface Schema {
  title?: string;
  description?: string;
  type?: string;
  required?: readonly string[];
  properties?: Readonly<Record<string, Schema>>;
  examples?: readonly unknown[];
}

/** The schema of an event's detail. */
export interface EventSchema extends Schema {
  'x-amazon-events-detail-type': string;
}

/** A field of a detail, for a form. */
export interface Field {
  /** From the detail down: `['OrderDetails', 'category']`. */
  path: readonly string[];
  title: string;
  description: string;
  isNumber: boolean;
  isRequired: boolean;
  example: string;
}

/** The fields that a schema names, those of inner objects as well. */
export function fieldsOf(schema: Schema, above: readonly string[] = []): Field[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const path = [...above, name];
    if (property.properties) return fieldsOf(property, path);
    const { title = name, description = '', type, examples: [example = ''] = [] } = property;
    return [
      {
        path,
        title,
        description,
        isNumber: type === 'number' || type === 'integer',
        isRequired: schema.required?.includes(name) ?? false,
        example: String(example),
      },
    ];
  });
}

/** The JSON Pointer of a field, as an issue has it. */
export const pointerOf = ({ path }: Pick<Field, 'path'>): string => path.map((name) => `/${name}`).join('');

/** The text of a field in a detail; empty for one that is missing. */
export function readField(detail: unknown, { path }: Pick<Field, 'path'>): string {
  let value: unknown = detail;
  for (const name of path) value = Object(value)[name];
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** A detail with another text in a field. No text takes the field out; a number is one if the text is. */
export function writeField(detail: unknown, field: Pick<Field, 'path' | 'isNumber'>, text: string): object {
  const { path, isNumber } = field;
  const [name = '', ...rest] = path;
  const { [name]: before, ...others } = Object(detail) as Record<string, unknown>;
  if (rest.length > 0) return { ...others, [name]: writeField(before, { path: rest, isNumber }, text) };
  if (text === '') return others;
  const number = Number(text);
  const value = isNumber && text.trim() !== '' && Number.isFinite(number) ? number : text;
  // The field stays where it was, so that nothing jumps while somebody types.
  return { ...(Object(detail) as object), [name]: value };
}

/** A detail that was typed: its value, if it is JSON, and what the contract says of it. */
export interface Checked {
  /** Undefined for what isn't JSON. */
  value: unknown;
  issues: readonly Issue[];
}

/** Checks a detail while it is typed. */
export function check(detailType: DetailType, text: string): Checked {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const received = (error as Error).message;
    return { value: undefined, issues: [{ path: '', received, allowed: 'a JSON object' }] };
  }
  try {
    return { value: parseDetail(detailType, value), issues: [] };
  } catch (error) {
    if (error instanceof InvalidEventError) return { value, issues: error.issues };
    throw error;
  }
}
