import { fileURLToPath } from 'node:url';

/** A place in a file. Lines and columns count from 1, as in a stack. */
export interface Position {
  line: number;
  column: number;
}

/** A frame of a stack, as V8 writes it. */
export interface Frame extends Position {
  /** `async Object.store`, `new Order`; empty for code outside of functions, and for functions without a name. */
  caller: string;
  /** A path without `file://`, or `node:internal/…`. */
  file: string;
}

/** `file:///var/task/index.mjs:12:78813`, in brackets or not. */
const place = String.raw`(?<file>[^\s()]+):(?<line>\d+):(?<column>\d+)`;
const frame = new RegExp(
  String.raw`^\s*at (?:(?<caller>.+) \(${place}\)|(?<async>async )?${place.replaceAll('?<', '?<bare_')})$`,
);

/** Reads a line of a stack; undefined for one that has no place in a file. */
export function readFrame(text: string): Frame | undefined {
  const groups = frame.exec(text)?.groups;
  if (!groups) return undefined;
  const { caller = groups.async ?? '' } = groups;
  const part = (name: string) => groups[name] ?? groups[`bare_${name}`] ?? '';
  return {
    caller: caller.trim(),
    file: pathOf(part('file')),
    line: Number(part('line')),
    column: Number(part('column')),
  };
}

function pathOf(file: string): string {
  try {
    return file.startsWith('file:') ? fileURLToPath(file) : file;
  } catch {
    // The path of another system.
    return file;
  }
}

/** Whether a line is one of a stack, with a place or without: `at JSON.parse (<anonymous>)`. */
export const isFrame = (text: string): boolean =>
  /^\s+at \S.*(?::\d+:\d+\)?|\((?:<anonymous>|native|index \d+)\))$/.test(text);

/** The frames of modules in a text, such as a line of JSON with a stack inside, or a bare `index.mjs:12:78813`. */
export const framesIn = (text: string): string[] =>
  (text.match(/(?:\bat (?:[^"\\\n]*?\()?)?[^\s"'()\\]+\.mjs:\d+:\d+/g) ?? []).map((found) => {
    const whole = found.startsWith('at ') ? found : `at ${found}`;
    return `    ${whole}${whole.includes('(') ? ')' : ''}`;
  });
