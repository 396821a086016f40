import { explain } from './api.ts';
import type { Subject } from './span.ts';
import { useAnswer } from './use-answer.ts';

interface Props {
  rule: string;
  subject: Subject;
}

/** What a rule says of each event of an order. */
export function RuleView({ rule, subject }: Props) {
  const events = eventsOf(subject);
  const { value: answers = [], error } = useAnswer(
    () =>
      Promise.all(
        events.map(async (event) => ({ event: event['detail-type'], ...(await explain(rule, event)) })),
      ),
    [rule, subject, events.length],
  );
  return (
    <>
      <h3>rule {rule}</h3>
      {error !== undefined && <p class="error">{error}</p>}
      <dl>
        {answers.map(({ event, matches, sentence }, index) => (
          // Two events of a type are told apart by their place alone.
          <div key={index}>
            <dt>{event}</dt>
            <dd>
              {matches ? 'taken' : 'not taken'}: {sentence}.
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}

const eventsOf = ({ spans }: Subject) =>
  spans.flatMap(({ activity }) => (activity.kind === 'event' ? [activity.event] : []));

/** The rules that took no event of an order, each with why it didn't take the first one. */
export function MissedRules({ rules, subject }: { rules: readonly string[]; subject: Subject }) {
  const [event] = eventsOf(subject);
  const { value: answers, error } = useAnswer(
    event &&
      (() =>
        Promise.all(rules.map(async (rule) => ({ rule, sentence: (await explain(rule, event)).sentence })))),
    [rules.join(), event?.id],
  );
  if (rules.length === 0 || !event) return null;
  return (
    <details class="missed-rules">
      <summary>
        {rules.length === 1 ? 'One rule' : `${rules.length} rules`} took none of its events. Why not?
      </summary>
      {error !== undefined && <p class="error">{error}</p>}
      <ul>
        {answers?.map(({ rule, sentence }) => (
          <li key={rule}>
            <strong>{rule}</strong> didn't take {event['detail-type']}: {sentence}.
          </li>
        ))}
      </ul>
    </details>
  );
}
