import { isObject, type JsonValue } from '../../../json.ts';
import type { LogEvent } from '../log-group.ts';
import { compare, type Expression, type Row, readCondition, readExpression, timeText } from './expression.ts';
import { readStats } from './stats.ts';
import { malformedQuery, type Token, TokenReader, tokenize } from './tokens.ts';

/** A row of a result: the fields that it has, as text. */
export type ResultRow = { field: string; value: string }[];

/** Rows, and which of their fields are shown. */
interface Table {
  rows: Row[];
  columns: string[];
}

type Command = (table: Table) => Table;

/** The most rows of a result, as CloudWatch Logs has it. */
const maxRows = 10_000;

/**
 * Reads a query of Logs Insights: the commands, functions and operators that are used in the runbooks of this project.
 *
 * @returns runs it on lines, the oldest first
 * @throws {AwsError} MalformedQueryException, for anything else
 */
export function parseQuery(text: string): (events: Iterable<LogEvent>) => ResultRow[] {
  const commands = split(tokenize(text)).map(readCommand);
  return (events) => {
    const rows = [...events].map(rowOf).reverse();
    let table: Table = { rows, columns: ['@timestamp', '@message'] };
    for (const command of commands) table = command(table);
    return table.rows.slice(0, maxRows).map((row) => toResult(row, table.columns));
  };
}

/** The tokens of each command. A | inside of a regular expression is a part of that. */
function split(tokens: readonly Token[]): Token[][] {
  const commands: Token[][] = [[]];
  for (const token of tokens) {
    if (token.kind === 'symbol' && token.text === '|') commands.push([]);
    else commands.at(-1)?.push(token);
  }
  return commands;
}

function readCommand(parts: readonly Token[]): Command {
  const tokens = new TokenReader(parts);
  const { text: name } = tokens.take();
  const read = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!read)
    throw malformedQuery(`it knows no command ${name}; it knows ${Object.keys(commands).join(', ')}`);
  const command = read(tokens);
  if (tokens.next) throw malformedQuery(`${name} ends before ${tokens.next.text}`);
  return command;
}

const readFields = (tokens: TokenReader): Expression[] => tokens.list(() => readExpression(tokens));

const commands: Readonly<Record<string, (tokens: TokenReader) => Command>> = {
  filter(tokens) {
    const holds = readCondition(tokens);
    return ({ rows, columns }) => ({ rows: rows.filter(holds), columns });
  },
  fields: (tokens) => show(readFields(tokens)),
  display: (tokens) => show(readFields(tokens)),
  sort(tokens) {
    const keys = tokens.list(() => {
      const { value } = readExpression(tokens);
      const isDescending = tokens.takes('desc') || (tokens.takes('asc') && false);
      return (a: Row, b: Row) => compareRows(value, a, b) * (isDescending ? -1 : 1);
    });
    return ({ rows, columns }) => ({
      rows: rows.toSorted((a, b) => keys.map((key) => key(a, b)).find((order) => order !== 0) ?? 0),
      columns,
    });
  },
  limit(tokens) {
    const count = Number(tokens.take().text);
    if (!Number.isInteger(count) || count < 1 || count > maxRows)
      throw malformedQuery(`limit takes 1 to ${maxRows}`);
    return ({ rows, columns }) => ({ rows: rows.slice(0, count), columns });
  },
  stats(tokens) {
    const { columns, run } = readStats(tokens);
    // The oldest first, for latest and earliest.
    return ({ rows }) => ({
      rows: run(rows.toSorted((a, b) => compareRows((row) => row('@time'), a, b))),
      columns,
    });
  },
};

/** Rows without the value go last. */
function compareRows(value: Expression['value'], a: Row, b: Row): number {
  const [left, right] = [value(a), value(b)];
  if (left === undefined || right === undefined)
    return Number(left === undefined) - Number(right === undefined);
  return compare(left, right) || 0;
}

const show =
  (fields: readonly Expression[]): Command =>
  ({ rows }) => ({
    rows: rows.map((row) => {
      const made = new Map(fields.map(({ text, value }) => [text, value(row)]));
      return (field) => (made.has(field) ? made.get(field) : row(field));
    }),
    columns: fields.map(({ text }) => text),
  });

/** A line as a row: its own fields, and those of its JSON by their paths. `@time` is the number that `bin` counts by. */
function rowOf(event: LogEvent): Row {
  let json: JsonValue | undefined;
  const own: Readonly<Record<string, JsonValue>> = {
    '@time': event.timestamp,
    '@timestamp': timeText(event.timestamp),
    '@message': event.message,
    '@logStream': event.logStreamName,
    '@ptr': event.eventId,
  };
  return (field) => {
    if (Object.hasOwn(own, field)) return own[field];
    json ??= parse(event.message);
    return field
      .split('.')
      .reduce<JsonValue | undefined>(
        (value, name) => (isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined),
        json,
      );
  };
}

function parse(message: string): JsonValue {
  try {
    return JSON.parse(message) as JsonValue;
  } catch {
    return null;
  }
}

function toResult(row: Row, columns: readonly string[]): ResultRow {
  return [...columns, '@ptr'].flatMap((field) => {
    const value = row(field);
    if (value === undefined || value === null) return [];
    return [{ field, value: typeof value === 'object' ? JSON.stringify(value) : String(value) }];
  });
}
