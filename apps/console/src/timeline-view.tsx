import { type Span, type Subject, titleOf } from './model.ts';
import { durationOf, timeAxis } from './time-axis.ts';

interface Props {
  subject: Subject;
  /** The time of the local run, milliseconds since 1970. */
  now: number;
  selected: number | undefined;
  onSelect(span: Span): void;
  onSkip(ms: number): void;
}

/** What happened to an order, from its first request to its last delivery. */
export function TimelineView({ subject, now, selected, onSelect, onSkip }: Props) {
  const { spans } = subject;
  const start = Math.min(...spans.map(({ begunAt }) => begunAt));
  const times = spans.flatMap(({ begunAt, endedAt }) => [begunAt, endedAt ?? begunAt]);
  const at = timeAxis(times);
  const depths = depthsOf(spans);
  const waiting = spans.filter(({ status, until }) => status === 'waiting' && until !== undefined);
  const next = Math.min(...waiting.map(({ until }) => until ?? Number.POSITIVE_INFINITY));
  return (
    <section class="timeline" aria-label="What happened to the order">
      {Number.isFinite(next) && (
        <p class="next">
          It goes on at {new Date(next).toLocaleTimeString()}, in {durationOf(Math.max(0, next - now))}.{' '}
          <button type="button" onClick={() => onSkip(Math.max(1, next - now))}>
            Skip ahead
          </button>
        </p>
      )}
      <ol>
        {spans.map((span) => {
          const left = at(span.begunAt) * 100;
          const right = at(span.endedAt ?? Math.max(...times)) * 100;
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
              {span.outcome.nearMisses?.map(({ rule, sentence }) => (
                <p key={rule} class="near-miss">
                  The rule {rule} nearly took it: {sentence}.
                </p>
              ))}
            </li>
          );
        })}
      </ol>
    </section>
  );
}

function depthsOf(spans: readonly Span[]): Map<number, number> {
  const depths = new Map<number, number>();
  for (const { id, parentId } of spans)
    depths.set(id, parentId === undefined ? 0 : (depths.get(parentId) ?? -1) + 1);
  return depths;
}
