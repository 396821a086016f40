/** The longest that a time in which nothing begins or ends may look, as a share of the whole. */
const longestGap = 0.12;

/**
 * Makes an axis of times on which long gaps are short, so that a retry an hour later is still on the screen.
 *
 * @returns places a time between 0 and 1
 */
export function timeAxis(times: readonly number[]): (time: number) => number {
  const sorted = [...new Set(times)].sort((a, b) => a - b);
  const gaps = sorted.slice(1).map((time, index) => time - (sorted[index] ?? time));
  const typical = gaps.length > 0 ? ([...gaps].sort((a, b) => a - b)[Math.floor(gaps.length / 2)] ?? 1) : 1;
  // A gap grows as its logarithm once it is longer than is usual here.
  const looks = gaps.map((gap) => (gap <= typical ? gap : typical * (1 + Math.log(gap / typical))));
  const whole = looks.reduce((sum, look) => sum + look, 0) || 1;
  const shown = looks.map((look) => Math.min(look / whole, longestGap + 1 / Math.max(1, looks.length)));
  const total = shown.reduce((sum, look) => sum + look, 0) || 1;
  const places = new Map<number, number>();
  let at = 0;
  for (const [index, time] of sorted.entries()) {
    places.set(time, at);
    at += (shown[index] ?? 0) / total;
  }
  return (time) => places.get(time) ?? (time < (sorted[0] ?? 0) ? 0 : 1);
}

/** A duration in words: `12 ms`, `3.4 s`, `2 h 5 min`. */
export function durationOf(ms: number): string {
  // Rounded down, so that no part reaches the next unit: 119.9 s aren't 1 min 60 s.
  if (ms < 1_000) return `${Math.floor(ms)} ms`;
  if (ms < 60_000) return `${(Math.floor(ms / 100) / 10).toFixed(1)} s`;
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 60) return `${minutes} min ${Math.floor((ms % 60_000) / 1_000)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** How deep each span is inside of others, by its id. */
export function depthsOf(
  spans: readonly { id: number; parentId: number | undefined }[],
): ReadonlyMap<number, number> {
  const depths = new Map<number, number>();
  for (const { id, parentId } of spans)
    depths.set(id, parentId === undefined ? 0 : (depths.get(parentId) ?? -1) + 1);
  return depths;
}
