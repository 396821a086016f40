import { useEffect, useState } from 'preact/hooks';
import { explain } from './api.ts';
import { type Span, type Subject, titleOf } from './model.ts';

interface Props {
  span: Span | undefined;
  subject: Subject;
  rule: string | undefined;
  onClose(): void;
}

/** All that is known of one step, or why a rule takes an order's events or doesn't. */
export function DrawerView({ span, subject, rule, onClose }: Props) {
  return (
    <aside class="drawer" aria-label="Details">
      <button type="button" class="close" onClick={onClose} aria-label="Close the details">
        ×
      </button>
      {rule !== undefined && <RuleAnswers rule={rule} subject={subject} />}
      {span && (
        <>
          <h3>{titleOf(span)}</h3>
          {span.error !== undefined && <p class="error">{span.error}</p>}
          <pre>{JSON.stringify({ ...contentOf(span), ...span.outcome }, null, 2)}</pre>
        </>
      )}
    </aside>
  );
}

const contentOf = ({ activity }: Span): object => (activity.kind === 'event' ? activity.event : activity);

/** What a rule says of each event of an order. */
function RuleAnswers({ rule, subject }: { rule: string; subject: Subject }) {
  const [answers, setAnswers] = useState<{ event: string; text: string }[]>([]);
  useEffect(() => {
    let isCurrent = true;
    const asked = subject.spans.flatMap(({ activity }) =>
      activity.kind === 'event' ? [activity.event] : [],
    );
    void Promise.all(
      asked.map(async (event) => {
        const { matches, sentence } = await explain(rule, event);
        return { event: event['detail-type'], text: `${matches ? 'taken' : 'not taken'}: ${sentence}.` };
      }),
    ).then(
      (all) => isCurrent && setAnswers(all),
      (error: Error) => isCurrent && setAnswers([{ event: rule, text: error.message }]),
    );
    return () => {
      isCurrent = false;
    };
  }, [rule, subject]);
  return (
    <>
      <h3>rule {rule}</h3>
      <dl>
        {answers.map(({ event, text }, index) => (
          // Two events of a type are told apart by their place alone.
          <div key={index}>
            <dt>{event}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
