import { useState } from 'preact/hooks';
import { QueueLetters } from './queue-letters.tsx';
import { readQueues, type Sent } from './queues-api.ts';
import { useAnswer } from './use-answer.ts';

interface Props {
  /** The queues of rules for what failed. */
  deadLetterQueues: readonly string[];
  /** Changes when something happened: what waits may have changed with it. */
  version: number;
}

/** What waits in the queues and why, ways to send it again, and what came of it. */
export function LettersView({ deadLetterQueues, version }: Props) {
  const [changes, setChanges] = useState(0);
  const [opened, setOpened] = useState<string>();
  // A queue may be empty by then, and isn't listed any more.
  const [last, setLast] = useState<{ queue: string; sent: readonly Sent[] }>();
  const { value: queues = [] } = useAnswer(readQueues, [version, changes]);
  const waiting = queues.filter((queue) => queue.waiting + queue.hidden > 0);
  const empty = queues.filter((queue) => queue.waiting + queue.hidden === 0);
  return (
    <section class="letters" aria-label="Queues">
      <h2>Queues</h2>
      {last && <Results {...last} />}
      {waiting.length === 0 && <p class="hint">Nothing waits in a queue.</p>}
      {waiting.map(({ queue, waiting, hidden }) => (
        <section key={queue} aria-label={queue}>
          <h3>
            {queue}: {waiting + hidden} {waiting + hidden === 1 ? 'waits' : 'wait'}
          </h3>
          <QueueLetters
            queue={queue}
            isOfRule={deadLetterQueues.includes(queue)}
            version={version + changes}
            isOpen={opened === queue}
            onOpen={() => setOpened(opened === queue ? undefined : queue)}
            onSent={(sent) => {
              setLast({ queue, sent });
              setChanges((before) => before + 1);
            }}
          />
        </section>
      ))}
      {empty.length > 0 && <p class="hint">Empty: {empty.map(({ queue }) => queue).join(', ')}.</p>}
    </section>
  );
}

/** What came of each message that was sent again. */
function Results({ queue, sent }: { queue: string; sent: readonly Sent[] }) {
  if (sent.length === 0) return null;
  const stay = sent.filter(({ status }) => status === 'failed');
  return (
    <div role="status">
      <p class={stay.length > 0 ? 'error' : 'answer'}>
        {queue}: {sent.length - stay.length} of {sent.length} delivered
      </p>
      <ul>
        {stay.map(({ messageId, error }) => (
          <li key={messageId} class="error">
            {messageId} stays: {error}
          </li>
        ))}
      </ul>
    </div>
  );
}
