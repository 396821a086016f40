import type { Keywords, Schema } from './normalize.ts';

/**
 * Every schema that applies to one place of a document. A writer sends the fields that these declare, and
 * {@link undeclared}. Where the shape declares no fields, the writer may send anything.
 */
export type Shape = readonly Keywords[];

/** The shape of the place that these schemas describe: they, and the schemas in their allOf, anyOf and the like. */
export function shapeOf(schemas: Iterable<Schema>): Shape {
  const shape: Keywords[] = [];
  for (const schema of schemas) {
    if (typeof schema !== 'object') continue;
    const combined = [
      ...['allOf', 'anyOf', 'oneOf'].flatMap((keyword) => (schema[keyword] as Schema[] | undefined) ?? []),
      ...['not', 'if', 'then', 'else'].flatMap((keyword) =>
        keyword in schema ? [schema[keyword] as Schema] : [],
      ),
    ];
    shape.push(schema, ...shapeOf(combined));
  }
  return shape;
}

/**
 * The name of a field that no schema declares. It stands for all fields that an open contract takes although neither
 * the writer nor the reader declares them. Of the fields that only the reader declares, a writer sends none.
 */
export const undeclared = 'undeclared';

/** Whether a writer of this shape may send a field of this name. Its schema may still refuse the value. */
export function declares(shape: Shape, name: string): boolean {
  if (isOpen(shape) || name === undeclared) return true;
  return shape.some(
    (schema) =>
      hasField(schema.properties, name) || ((schema.required as string[] | undefined) ?? []).includes(name),
  );
}

/** The names of the fields that the shape declares. */
export function declaredNames(shape: Shape): string[] {
  return shape.flatMap((schema) => [
    ...Object.keys((schema.properties as object | undefined) ?? {}),
    ...((schema.required as string[] | undefined) ?? []),
  ]);
}

/** Whether a value of this shape may be an object, or an array, by its types, enums and constants. */
export function mayBe(shape: Shape, type: 'object' | 'array'): boolean {
  const typed = shape.filter((schema) => 'type' in schema || 'enum' in schema || 'const' in schema);
  const allows = (schema: Keywords): boolean => {
    if ('type' in schema) return [schema.type].flat().includes(type);
    const values = 'const' in schema ? [schema.const] : (schema.enum as unknown[]);
    return values.some(
      (value) => typeof value === 'object' && value !== null && Array.isArray(value) === (type === 'array'),
    );
  };
  return typed.length === 0 || typed.some(allows);
}

/** The shapes inside a shape, which searches ask for again and again. */
interface Inner {
  readonly fields: Map<string, Shape>;
  items?: Shape;
}
const innerShapes = new WeakMap<Shape, Inner>();

function innerOf(shape: Shape): Inner {
  const known = innerShapes.get(shape) ?? { fields: new Map() };
  innerShapes.set(shape, known);
  return known;
}

/** The shape of the value of a field: the same array each time. */
export function shapeOfField(shape: Shape, name: string): Shape {
  const { fields } = innerOf(shape);
  const known = fields.get(name);
  if (known) return known;
  const field = shapeOf(
    shape.flatMap((schema): Schema[] => {
      if (hasField(schema.properties, name)) return [schema.properties[name] as Schema];
      return 'additionalProperties' in schema && !('patternProperties' in schema)
        ? [schema.additionalProperties as Schema]
        : [];
    }),
  );
  fields.set(name, field);
  return field;
}

/** The shape of the items of an array: the same array each time. */
export function shapeOfItems(shape: Shape): Shape {
  const inner = innerOf(shape);
  inner.items ??= shapeOf(
    shape.flatMap((schema) =>
      ['items', 'additionalItems', 'contains'].flatMap((keyword): Schema[] =>
        keyword in schema ? ([schema[keyword]].flat() as Schema[]) : [],
      ),
    ),
  );
  return inner.items;
}

/** Whether a writer of this shape may send the document: it declares every field in it, or the field is {@link undeclared}. */
export function mayWrite(shape: Shape, document: unknown): boolean {
  if (Array.isArray(document)) {
    const items = shapeOfItems(shape);
    return document.every((item) => mayWrite(items, item));
  }
  if (typeof document !== 'object' || document === null) return true;
  return Object.entries(document).every(
    ([name, value]) => declares(shape, name) && mayWrite(shapeOfField(shape, name), value),
  );
}

/**
 * Whether a writer may send fields of any name: for a map (no field declared), for an explicit `additionalProperties`
 * (which restricts the values itself), and for keywords that may declare fields unseen here. In doubt, it may.
 */
export function isOpen(shape: Shape): boolean {
  if (!shape.some((schema) => 'properties' in schema || 'required' in schema)) return true;
  return shape.some(
    (schema) =>
      ('additionalProperties' in schema && schema.additionalProperties !== false) ||
      ['patternProperties', 'dependencies', '$ref'].some((keyword) => keyword in schema),
  );
}

function hasField(properties: unknown, name: string): properties is Record<string, Schema> {
  return typeof properties === 'object' && properties !== null && Object.hasOwn(properties, name);
}
