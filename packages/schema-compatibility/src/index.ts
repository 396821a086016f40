export { type Break, compareSchemas, type Mode, modes } from './compare-schemas.ts';
export { describeField } from './describe-field.ts';
export { describeSchema, describeWithExample } from './describe-schema.ts';
export { formats } from './formats.ts';
export { type Keywords, normalize, type Schema } from './normalize.ts';
export type { Search } from './search.ts';
export { declaredNames, isOpen, mayBe, type Shape, shapeOfField, shapeOfItems } from './shape.ts';
export { findWritten, type Writer, writerOf } from './writer.ts';
