import { fromOldest } from '../state/from-oldest.ts';
import { addSummary, addValue, emptySummary, type Summary } from './summary.ts';

/** A metric of CloudWatch: what it counts, and of which part. */
export interface MetricId {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Dimensions;
}

export type Dimensions = Readonly<Record<string, string>>;

/** The values of a metric, by the minute. */
export interface Series extends MetricId {
  /** By the beginning of the minute, in minutes since 1970, in the order in which they got their first value. */
  readonly minutes: ReadonlyMap<number, Summary>;
}

/** Puts a value into a metric of one part; 1 if left out. `at` is in milliseconds since 1970, now if left out. */
export type Meter = (name: string, value?: number, at?: number) => void;

export const minuteMs = 60_000;

/** How many minutes a metric keeps that have values: two weeks, where each has one. The oldest go first. */
export const maxMinutes = 14 * 24 * 60;
/** How many metrics there are, at most. The oldest goes first: a function that counts by order would fill the memory. */
const maxSeries = 10_000;

interface KeptSeries extends Series {
  readonly minutes: Map<number, Summary>;
  oldest(): number | undefined;
}

/** What is counted in this process, in memory. */
export class MetricStore {
  readonly #now: () => number;
  readonly #series = new Map<string, KeptSeries>();
  readonly #oldestSeries = fromOldest(() => this.#series.keys());
  /** What puts the levels of a part, by the part. */
  readonly #refreshes = new Map<string, () => void>();

  /** @param now milliseconds since 1970 */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Counts for one part, such as a function or a rule: each value is added to those of its minute. */
  meter(namespace: string, dimensions: Dimensions): Meter {
    return this.#putter(namespace, dimensions, (minutes, minute, value) => {
      let summary = minutes.get(minute);
      if (!summary) {
        summary = emptySummary();
        minutes.set(minute, summary);
      }
      addValue(summary, value);
    });
  }

  /** Measures one part, such as a queue: a minute has the last level that was put. */
  gauge(namespace: string, dimensions: Dimensions): Meter {
    return this.#putter(namespace, dimensions, (minutes, minute, value) => {
      const summary = emptySummary();
      addValue(summary, value);
      minutes.set(minute, summary);
    });
  }

  #putter(
    namespace: string,
    dimensions: Dimensions,
    put: (minutes: Map<number, Summary>, minute: number, value: number) => void,
  ): Meter {
    const keys = new Map<string, string>();
    return (name, value = 1, at = this.#now()) => {
      const key = keys.get(name) ?? keyOf({ namespace, name, dimensions });
      keys.set(name, key);
      let series = this.#series.get(key);
      if (!series) {
        const minutes = new Map<number, Summary>();
        series = { namespace, name, dimensions, minutes, oldest: fromOldest(() => minutes.keys()) };
        this.#series.set(key, series);
        if (this.#series.size > maxSeries) this.#series.delete(this.#oldestSeries() ?? '');
      }
      put(series.minutes, Math.floor(at / minuteMs), value);
      if (series.minutes.size > maxMinutes) series.minutes.delete(series.oldest() ?? 0);
    };
  }

  /** The metrics that have values. */
  all(): readonly Series[] {
    for (const refresh of this.#refreshes.values()) refresh();
    return [...this.#series.values()];
  }

  /**
   * Reads a metric.
   *
   * @returns summarizes the values from a time to another one, in milliseconds since 1970, both the beginning of a minute. The
   *   second one isn't included. It gives undefined without a value in that time
   */
  read(id: MetricId): (from: number, to: number) => Summary | undefined {
    this.#refreshes.get(partOf(id))?.();
    const minutes = this.#series.get(keyOf(id))?.minutes ?? new Map<number, Summary>();
    return (from, to) => {
      const found = emptySummary();
      const [first, end] = [Math.floor(from / minuteMs), Math.ceil(to / minuteMs)];
      // Of a long time, only the minutes that have values are looked at.
      if (end - first > minutes.size) {
        for (const [minute, summary] of minutes)
          if (minute >= first && minute < end) addSummary(found, summary);
      } else {
        for (let minute = first; minute < end; minute += 1) {
          const summary = minutes.get(minute);
          if (summary) addSummary(found, summary);
        }
      }
      return found.count > 0 ? found : undefined;
    };
  }

  /**
   * Calls back before the metrics of one part are read: its levels are put then.
   *
   * @returns ends that
   */
  beforeRead(namespace: string, dimensions: Dimensions, refresh: () => void): () => void {
    const part = partOf({ namespace, dimensions });
    this.#refreshes.set(part, refresh);
    return () => {
      if (this.#refreshes.get(part) === refresh) this.#refreshes.delete(part);
    };
  }
}

const partOf = ({ namespace, dimensions }: Pick<MetricId, 'namespace' | 'dimensions'>) =>
  JSON.stringify([namespace, ...Object.entries(dimensions).sort(([a], [b]) => (a < b ? -1 : 1))]);

const keyOf = (id: MetricId) => `${id.name} ${partOf(id)}`;
