import { styleText } from 'node:util';
import { type FunctionLogLine, isObject, type JsonObject } from '@orders/local-aws';
import { type FindSourceLine, readableText } from '@orders/stack-trace';

/** The fields that each line of a function has, whatever it says. */
const everyLine = new Set([
  'level',
  'message',
  'timestamp',
  'service',
  'requestId',
  'cold_start',
  'function_arn',
  'function_memory_size',
  'function_name',
  'function_request_id',
  'sampling_rate',
  'xray_trace_id',
]);
const styles: Readonly<Record<string, 'red' | 'yellow'>> = { WARN: 'yellow', ERROR: 'red', FATAL: 'red' };

/** What a line of a log says: its level, if it has one, and its text. */
interface LogText {
  level: string;
  text: string;
}

/**
 * Tells a line of a function's log, as a warning or an error of the function: `orders-persister ERROR order not stored`.
 *
 * @returns undefined for a line of a lower level
 */
export function tellProblem(
  line: FunctionLogLine,
  find: FindSourceLine,
  stream: NodeJS.WriteStream,
): string | undefined {
  const { level, text } = readLine(line.message);
  const style = styles[level];
  if (!style) return undefined;
  const [first = '', ...more] = readableText(text, find).split('\n');
  const title = `${line.function} ${styleText(style, level, { stream })} ${first}`;
  return [title, ...more.map((each) => styleText('dim', each, { stream }))].join('\n');
}

/** Reads a line in either of Lambda's formats: JSON, or text with the time, the request and the level before it. */
function readLine(message: string): LogText {
  const line = readJson(message);
  if (line) return readJsonLine(line);
  const [, , level = '', ...texts] = message.split('\t');
  return { level, text: texts.map((text) => textOf(readJson(text) ?? text)).join(' ') };
}

function readJson(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function readJsonLine({ level, message, stackTrace, ...fields }: JsonObject): LogText {
  const more = Object.entries(fields)
    .filter(([name]) => !everyLine.has(name))
    .map(([name, value]) => `${name}=${textOf(value)}`)
    // What has lines of its own comes last.
    .sort((one, other) => Number(one.includes('\n')) - Number(other.includes('\n')));
  const stack = stackTrace === undefined ? [] : [`\n${textOf({ stackTrace })}`];
  return { level: String(level ?? ''), text: [textOf(message), ...more, ...stack].join(' ') };
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const { stackTrace, stack = stackTrace } = Object(value) as JsonObject;
  return Array.isArray(stack) ? stack.join('\n') : JSON.stringify(value);
}
