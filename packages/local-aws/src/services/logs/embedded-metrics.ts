import { isObject, type JsonObject, type JsonValue } from '../../json.ts';
import type { MetricStore } from '../../metrics/metric-store.ts';

/** What CloudWatch takes of a time that a line names: not more than two weeks ago, and not more than two hours ahead. */
const earliestMs = 14 * 24 * 60 * 60 * 1_000;
const latestMs = 2 * 60 * 60 * 1_000;
/** A line that names a time as near as this to the clock of the functions has it from that clock. */
const nowMs = 60_000;

/**
 * Counts what a line of a log says in CloudWatch's embedded metric format. Any other line counts nothing.
 *
 * @param clock the time here, and that of the functions, whose clock isn't moved; in milliseconds since 1970
 */
export function countEmbedded(
  message: string,
  metrics: MetricStore,
  clock: { now: number; ofFunctions: number },
): void {
  if (!message.includes('"CloudWatchMetrics"')) return;
  const line = parse(message);
  const about = line?._aws;
  if (!isObject(about)) return;
  const at = timeOf(about.Timestamp, clock);
  if (at < clock.now - earliestMs || at > clock.now + latestMs) return;
  const { CloudWatchMetrics: directives } = about;
  for (const directive of Array.isArray(directives) ? directives.filter(isObject) : []) {
    for (const names of lists(directive.Dimensions)) {
      // CloudWatch takes no metric by a dimension that the line lacks.
      if (names.some((name) => line?.[String(name)] === undefined)) continue;
      const dimensions = Object.fromEntries(
        names.map((name) => [String(name), String(line?.[String(name)])]),
      );
      const count = metrics.meter(String(directive.Namespace), dimensions);
      for (const metric of Array.isArray(directive.Metrics) ? directive.Metrics.filter(isObject) : []) {
        const name = String(metric.Name);
        for (const value of [line?.[name] ?? []].flat())
          if (typeof value === 'number') count(name, value, at);
      }
    }
  }
}

const timeOf = (named: JsonValue | undefined, { now, ofFunctions }: { now: number; ofFunctions: number }) =>
  typeof named !== 'number' ? now : Math.abs(named - ofFunctions) > nowMs ? named : named - ofFunctions + now;

/** The sets of dimensions; without any, there is one that is empty. */
const lists = (value: JsonValue | undefined): readonly JsonValue[][] =>
  Array.isArray(value) && value.length > 0 ? value.filter((each) => Array.isArray(each)) : [[]];

function parse(message: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(message);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
