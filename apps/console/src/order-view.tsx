import type { Stack } from './api.ts';
import { MissedRules } from './rule-view.tsx';
import { type Draft, isKnownType } from './send-view.tsx';
import { ShareButtons } from './share-buttons.tsx';
import { partsOf, type Span, type Subject, stateOf, whyItWaits } from './span.ts';
import { durationOf } from './time-axis.ts';
import { TimelineView } from './timeline-view.tsx';

interface Props {
  subject: Subject;
  map: Stack | undefined;
  /** The time of the local run, milliseconds since 1970. */
  now: number;
  /** The id of the selected span. */
  selected: number | undefined;
  onSelect(span: Span): void;
  onSkip(ms: number): void;
  onAgain(draft: Draft): void;
}

/** One order: where it is, what happened to it, and what can be done with it. */
export function OrderView({ subject, map, now, selected, onSelect, onSkip, onAgain }: Props) {
  const state = stateOf(subject);
  const waiting = subject.spans.filter(({ status, until }) => status === 'waiting' && until !== undefined);
  const next = Math.min(...waiting.map(({ until }) => until ?? Number.POSITIVE_INFINITY));
  const draft = draftOf(subject);
  return (
    <section class="order" aria-label={`Order ${subject.id}`}>
      <h2>
        Order <code>{subject.id}</code>
      </h2>
      <p>
        <strong class={`state ${state.kind}`}>{state.text}</strong>
      </p>
      {Number.isFinite(next) && (
        <p class="next">
          It goes on at {new Date(next).toLocaleTimeString()}, in {durationOf(Math.max(0, next - now))}.{' '}
          <button type="button" onClick={() => onSkip(Math.max(1, next - now))}>
            Skip ahead
          </button>
        </p>
      )}
      {waiting.map((span) => {
        const why = whyItWaits(span, subject.spans);
        return (
          why !== undefined && (
            <p key={span.id} class="error">
              Its last attempt failed: {why}
            </p>
          )
        );
      })}
      <div class="choices">
        <button type="button" disabled={draft === undefined} onClick={() => draft && onAgain(draft)}>
          Edit and send again
        </button>
        <ShareButtons subject={subject} map={map} />
      </div>
      {map && <MissedRules rules={missedRules(subject, map)} subject={subject} />}
      <TimelineView subject={subject} selected={selected} onSelect={onSelect} />
    </section>
  );
}

/** The first event of an order, to send it again; undefined for one that the contract doesn't have. */
function draftOf({ id, spans }: Subject): Draft | undefined {
  for (const { activity } of spans) {
    if (activity.kind !== 'event') continue;
    const { 'detail-type': detailType, detail } = activity.event;
    if (isKnownType(detailType)) return { detailType, detail, of: id };
  }
  return undefined;
}

function missedRules({ spans }: Subject, { nodes }: Stack): string[] {
  const reached = new Set(spans.flatMap(partsOf));
  return nodes.filter(({ id, kind }) => kind === 'rule' && !reached.has(id)).map(({ name }) => name);
}
