import type { Span } from './span.ts';

/** How many attempts of one delivery are shown before they are folded to the first and the last. */
const maxAttempts = 3;

/**
 * The spans to show. `folded` is how many attempts are left out behind one. A single attempt that succeeded isn't shown: its
 * delivery says the same.
 */
export function foldAttempts(
  spans: readonly Span[],
  unfolded: ReadonlySet<number>,
): { span: Span; folded: number }[] {
  const attempts = Map.groupBy(
    spans.filter(({ activity }) => activity.kind === 'attempt'),
    ({ parentId }) => parentId ?? 0,
  );
  return spans.flatMap((span) => {
    const all = attempts.get(span.parentId ?? 0) ?? [];
    const isPart = span.activity.kind === 'attempt';
    if (isPart && all.length === 1 && span.status === 'succeeded') return [];
    if (!isPart || all.length <= maxAttempts || unfolded.has(span.parentId ?? 0)) return { span, folded: 0 };
    if (span === all[0]) return { span, folded: all.length - 2 };
    return span === all.at(-1) ? { span, folded: 0 } : [];
  });
}
