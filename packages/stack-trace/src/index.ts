/**
 * The stacks of bundled functions, for people: each frame with its line of source, and those of libraries folded.
 *
 * @packageDocumentation
 */
export { sourceLinesOfFiles } from './find-source-line.ts';
export { type FindSourceLine, type ReadableStack, readableStack, readableText } from './readable-stack.ts';
export { tellWhere, UnknownCodeError } from './where.ts';
