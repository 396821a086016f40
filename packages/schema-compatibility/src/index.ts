export { type Break, compareSchemas, type Direction, type Mode, modes } from './compare-schemas.ts';
export type { Search } from './document.ts';
export type { Keywords, Schema } from './normalize.ts';
export { declaredNames, isOpen, mayBe, type Shape, shapeOfField, shapeOfItems } from './shape.ts';
export { findWritten, type Writer, writerOf } from './writer.ts';
