import { useState } from 'preact/hooks';
import { foldAttempts } from './fold-attempts.ts';
import { type Span, type Subject, titleOf } from './span.ts';
import { depthsOf, durationOf, timeAxis } from './time-axis.ts';

interface Props {
  subject: Subject;
  /** The id of the selected span. */
  selected: number | undefined;
  onSelect(span: Span): void;
}

/** What happened to an order, from its first request to its last delivery. */
export function TimelineView({ subject, selected, onSelect }: Props) {
  const [unfolded, setUnfolded] = useState<ReadonlySet<number>>(new Set());
  const { spans } = subject;
  const start = Math.min(...spans.map(({ begunAt }) => begunAt));
  const times = spans.flatMap(({ begunAt, endedAt }) => [begunAt, endedAt ?? begunAt]);
  const last = Math.max(...times);
  const shown = foldAttempts(spans, unfolded);
  // Folded attempts take no room on the axis.
  const at = timeAxis(shown.flatMap(({ span: { begunAt, endedAt } }) => [begunAt, endedAt ?? begunAt, last]));
  const depths = depthsOf(spans);
  return (
    <ol class="timeline" aria-label={`What happened to ${subject.id}`}>
      {shown.map(({ span, folded }) => {
        const left = at(span.begunAt) * 100;
        const right = at(span.endedAt ?? last) * 100;
        const duration = span.endedAt === undefined ? span.status : durationOf(span.endedAt - span.begunAt);
        return (
          <li key={span.id}>
            <button
              type="button"
              class={`${span.status} ${span.id === selected ? 'selected' : ''}`}
              aria-pressed={span.id === selected}
              onClick={() => onSelect(span)}
            >
              <span class="title" style={{ paddingLeft: `${(depths.get(span.id) ?? 0) * 14}px` }}>
                {titleOf(span)}
              </span>
              <span class="times">
                +{durationOf(span.begunAt - start)} · {duration}
              </span>
              <span class="bar">
                <span style={{ left: `${left}%`, width: `${Math.max(0.6, right - left)}%` }} />
              </span>
              {span.error !== undefined && <span class="error">{span.error}</span>}
            </button>
            {folded > 0 && (
              <button
                type="button"
                class="unfold"
                onClick={() => setUnfolded(new Set([...unfolded, span.parentId ?? 0]))}
              >
                … {folded} more attempts
              </button>
            )}
            {span.outcome.nearMisses?.map(({ rule, sentence }) => (
              <p key={rule} class="near-miss">
                The rule {rule} nearly took it: {sentence}.
              </p>
            ))}
          </li>
        );
      })}
    </ol>
  );
}
