import type { SourceLine } from './bundle.ts';
import { type Frame, isFrame, readFrame } from './frame.ts';

/** A stack for people. */
export interface ReadableStack {
  /**
   * Where it happened in the functions' own code: `store (apps/persister/src/order-table.ts:31:12)`. Undefined for a stack
   * that has nothing of it.
   */
  at: string | undefined;
  /** Its lines without the error's message. Those of libraries are folded: `… 3 frames of @smithy/core and Node.js`. */
  lines: string[];
}

/** Finds a frame's line of source; undefined for a frame of something else. */
export type FindSourceLine = (frame: Frame) => SourceLine | undefined;

/**
 * Makes a stack readable.
 *
 * @param stack its lines, with or without the error's message above them
 */
export function readableStack(stack: readonly string[], find: FindSourceLine): ReadableStack {
  const lines: string[] = [];
  let at: string | undefined;
  let folded: string[] = [];
  const unfold = () => {
    if (folded.length > 0) lines.push(`    … ${tellFolded(folded)}`);
    folded = [];
  };
  for (const text of stack.filter(isFrame)) {
    const shown = showFrame(text, find);
    if ('library' in shown) {
      folded.push(shown.library);
    } else {
      unfold();
      at ??= shown.at.replace(/^async /, '');
      lines.push(`    at ${shown.at}`);
    }
  }
  unfold();
  return { at, lines };
}

/**
 * Makes the stacks in a text readable: `Error: no\n    at f (index.mjs:1:2)`. The line above each says where it happened.
 */
export function readableText(text: string, find: FindSourceLine): string {
  const shown: string[] = [];
  let frames: string[] = [];
  const tellFrames = () => {
    if (frames.length === 0) return;
    const { at, lines } = readableStack(frames, find);
    const above = shown.pop();
    if (above !== undefined) shown.push(at === undefined ? above : `${above} at ${at}`);
    shown.push(...lines);
    frames = [];
  };
  for (const line of text.split('\n')) {
    // What Node.js's inspect adds to an error with more fields begins on its last line.
    const [frame, more] = line.endsWith(' {') ? [line.slice(0, -2), '{'] : [line, undefined];
    if (isFrame(frame)) {
      frames.push(frame);
      if (more === undefined) continue;
      tellFrames();
      shown.push(more);
    } else {
      tellFrames();
      shown.push(line);
    }
  }
  tellFrames();
  return shown.join('\n');
}

/** A frame as it is shown, or the library that it is of. */
function showFrame(text: string, find: FindSourceLine): { at: string } | { library: string } {
  const frame = readFrame(text);
  if (!frame) return { library: 'JavaScript' };
  const found = find(frame);
  const library = libraryOf(found?.file ?? frame.file);
  if (library !== undefined) return { library };
  // What isn't known keeps the name that the bundle has.
  const { file, line, column, caller } = found ?? { ...frame, file: frame.file.replace(/^.*[/\\]/, '') };
  const place = `${file}:${line}:${column}`;
  return { at: caller === '' || caller === 'async' ? `${caller} ${place}`.trim() : `${caller} (${place})` };
}

function libraryOf(file: string): string | undefined {
  if (file.startsWith('node:')) return 'Node.js';
  // On Lambda, and in the local run.
  if (/\/var\/runtime\/|\/services\/function\/runtime\//.test(file)) return "Lambda's runtime";
  return /^.*\bnode_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file.replaceAll('\\', '/'))?.[1];
}

function tellFolded(folded: readonly string[]): string {
  const names = new Intl.ListFormat('en').format(new Set(folded));
  return `${folded.length} ${folded.length === 1 ? 'frame' : 'frames'} of ${names}`;
}
