import { AwsError } from '../../aws-error.ts';
import { isObject, type JsonObject } from '../../json.ts';
import { serviceLimits } from '../../service-limits.ts';

/** An entry of a PutEvents request. */
export interface PutEventsEntry {
  EventBusName?: string;
  Source?: string;
  DetailType?: string;
  Detail?: string;
  Resources?: string[];
  /** Seconds since 1970, as the JSON protocol sends a time. */
  Time?: number;
  TraceHeader?: string;
}

/** Why an entry isn't on the bus: the others of its request may be. */
export interface EntryFailure {
  ErrorCode: string;
  ErrorMessage: string;
}

export interface CheckedEntry {
  /** A name or an ARN. */
  busName: string;
  source: string;
  detailType: string;
  detail: JsonObject;
  resources: string[];
  time: Date;
}

const maxEntries = 10;
const { putEventsBytes: maxRequestBytes, detailTypeCharacters } = serviceLimits;

/**
 * Checks what AWS checks before it looks at any entry: their number, their form, their size.
 *
 * @throws {AwsError} ValidationException
 */
export function parseEntries(entries: unknown): PutEventsEntry[] {
  const problem = problemOf(entries);
  if (problem) throw new AwsError('ValidationException', problem);
  return entries as PutEventsEntry[];
}

function problemOf(entries: unknown): string | undefined {
  if (!Array.isArray(entries) || entries.length === 0) {
    return "1 validation error detected: Value at 'entries' failed to satisfy constraint: Member must have length greater than or equal to 1";
  }
  if (entries.length > maxEntries) {
    return `1 validation error detected: Value '[${entries.length} entries]' at 'entries' failed to satisfy constraint: Member must have length less than or equal to ${maxEntries}`;
  }
  if (!entries.every(isEntry)) {
    return "1 validation error detected: Value at 'entries' failed to satisfy constraint: Member must be an object of strings, with Resources a list of strings and Time a number";
  }
  const bytes = entries.reduce((sum, entry) => sum + entryBytes(entry), 0);
  if (bytes > maxRequestBytes) {
    return `Total size of the entries in the request is over the limit: ${bytes} bytes, allowed are ${maxRequestBytes}`;
  }
  return undefined;
}

function isEntry(entry: unknown): entry is PutEventsEntry {
  if (!isObject(entry)) return false;
  const { Resources, Time, EventBusName, Source, DetailType, Detail, TraceHeader } = entry;
  const strings = [
    EventBusName,
    Source,
    DetailType,
    Detail,
    TraceHeader,
    ...(Array.isArray(Resources) ? Resources : []),
  ];
  return (
    strings.every((value) => value === undefined || value === null || typeof value === 'string') &&
    (Resources === undefined || Resources === null || Array.isArray(Resources)) &&
    (Time === undefined || Time === null || typeof Time === 'number')
  );
}

/** An entry's size by the rule in the EventBridge user guide, "Calculating PutEvents event entry size". */
function entryBytes({ Time, Source, DetailType, Detail, Resources }: PutEventsEntry): number {
  const texts = [Source, DetailType, Detail, ...(Resources ?? [])];
  return (Time ? 14 : 0) + texts.reduce((sum, text) => sum + Buffer.byteLength(text ?? ''), 0);
}

/**
 * Checks one entry of a request that is sound as a whole.
 *
 * @param now milliseconds since 1970, for an entry without a time of its own
 */
export function checkEntry(entry: PutEventsEntry, now: number): CheckedEntry | EntryFailure {
  for (const name of ['Source', 'DetailType', 'Detail'] as const) {
    if (!entry[name]) {
      return {
        ErrorCode: 'InvalidArgument',
        ErrorMessage: `Parameter ${name} is not valid. Reason: ${name} is a required argument.`,
      };
    }
  }
  const { EventBusName, Source = '', DetailType = '', Detail = '', Resources, Time } = entry;
  if (DetailType.length > detailTypeCharacters) {
    return {
      ErrorCode: 'InvalidArgument',
      ErrorMessage: `Parameter DetailType is not valid. Reason: it has ${DetailType.length} characters; allowed are ${detailTypeCharacters}.`,
    };
  }
  if (Source.startsWith('aws.')) {
    return { ErrorCode: 'NotAuthorizedForSourceException', ErrorMessage: 'Not authorized for the source.' };
  }
  const detail = parseDetail(Detail);
  if (!detail) return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
  const time = new Date(Time ? Time * 1000 : now);
  if (Number.isNaN(time.getTime())) {
    return { ErrorCode: 'InvalidArgument', ErrorMessage: 'Parameter Time is not valid.' };
  }
  return {
    busName: EventBusName || 'default',
    source: Source,
    detailType: DetailType,
    detail,
    resources: Resources ?? [],
    time,
  };
}

function parseDetail(text: string): JsonObject | undefined {
  try {
    const detail: unknown = JSON.parse(text);
    return isObject(detail) && isShallow(detail) ? detail : undefined;
  } catch {
    return undefined;
  }
}

/** PutEvents processes JSON that is nested up to so many levels deep (its API reference). */
const maxDepth = 1_100;

function isShallow(detail: JsonObject): boolean {
  let level: unknown[] = [detail];
  for (let depth = 0; depth <= maxDepth; depth += 1) {
    level = level.flatMap((value) =>
      typeof value === 'object' && value !== null ? Object.values(value) : [],
    );
    if (level.length === 0) return true;
  }
  return false;
}
