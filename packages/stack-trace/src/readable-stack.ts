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
