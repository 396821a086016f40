import type { Segment } from './segments.ts';

/** What is known of a trace as a whole. Times are seconds. */
export interface Summary {
  id: string;
  startTime: number;
  /** From the first beginning to the last end. */
  duration: number;
  /** How long its first segment took. */
  responseTime: number;
  hasFault: boolean;
  hasError: boolean;
  hasThrottle: boolean;
  /** Whether some of it is still in progress. */
  isPartial: boolean;
  /** The status of the first segment, if it has one. */
  status: number | undefined;
  /** The first is where it began. */
  services: readonly { name: string; type: string }[];
}

/** @returns undefined for a trace without segments */
export function summarize(segments: readonly Segment[]): Summary | undefined {
  const [first, ...others] = [...segments].sort((a, b) => a.start_time - b.start_time);
  if (!first) return undefined;
  const all = [first, ...others];
  const ends = all.flatMap(({ end_time }) => end_time ?? []);
  const services = new Map(all.map(({ name, origin }) => [`${origin} ${name}`, { name, type: origin }]));
  return {
    id: first.trace_id,
    startTime: first.start_time,
    duration: Math.max(first.start_time, ...ends) - first.start_time,
    responseTime: (first.end_time ?? first.start_time) - first.start_time,
    hasFault: all.some(({ fault }) => fault),
    hasError: all.some(({ error }) => error),
    hasThrottle: all.some(({ throttle }) => throttle),
    isPartial: all.some(({ in_progress }) => in_progress),
    status: first.http?.response.status,
    services: [...services.values()],
  };
}
