import { useState } from 'preact/hooks';
import { messageOf } from './ask.ts';
import { LetterView } from './letter-view.tsx';
import {
  dropLetter,
  failureRecordOf,
  invokeAgain,
  type Letter,
  readLetters,
  readQueues,
  redrive,
  type Sent,
} from './queues-api.ts';
import { useAnswer } from './use-answer.ts';

interface Props {
  /** The queues of rules for what failed. */
  deadLetterQueues: readonly string[];
  /** Changes when something happened: what waits may have changed with it. */
  version: number;
}

/** What waits in the queues and why, and ways to send it again. */
export function LettersView({ deadLetterQueues, version }: Props) {
  const [changes, setChanges] = useState(0);
  const [opened, setOpened] = useState<string>();
  const { value: queues = [] } = useAnswer(readQueues, [version, changes]);
  const waiting = queues.filter((queue) => queue.waiting + queue.hidden > 0);
  const empty = queues.filter((queue) => queue.waiting + queue.hidden === 0);
  return (
    <section class="letters" aria-label="Queues">
      <h2>Queues</h2>
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
            onChange={() => setChanges((before) => before + 1)}
          />
        </section>
      ))}
      {empty.length > 0 && <p class="hint">Empty: {empty.map(({ queue }) => queue).join(', ')}.</p>}
    </section>
  );
}

interface QueueProps {
  queue: string;
  /** Whether a rule's dead letters are in it. */
  isOfRule: boolean;
  version: number;
  isOpen: boolean;
  onOpen(): void;
  onChange(): void;
}

function QueueLetters({ queue, isOfRule, version, isOpen, onOpen, onChange }: QueueProps) {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [results, setResults] = useState<readonly Sent[]>([]);
  const [problem, setProblem] = useState('');
  const { value } = useAnswer(() => readLetters(queue), [queue, version]);
  const letters = value?.messages ?? [];
  const first = letters[0];
  const canSend = isOfRule || (first !== undefined && failureRecordOf(first) !== undefined);
  const run = async (work: () => Promise<readonly Sent[]>) => {
    setProblem('');
    try {
      setResults(await work());
      setChosen(new Set());
    } catch (error) {
      setProblem(messageOf(error));
    }
    onChange();
  };
  const invokeEach = async (those: readonly Letter[]) => {
    const sent: Sent[] = [];
    for (const letter of those) {
      sent.push(await invokeAgain(queue, letter, failureRecordOf(letter)?.requestPayload));
    }
    return sent;
  };
  const again = (those: readonly Letter[] | undefined) =>
    run(() =>
      isOfRule
        ? redrive(
            queue,
            those?.map(({ id }) => ({ id })),
          )
        : invokeEach(those ?? letters),
    );
  const edited = (letter: Letter, content: object) =>
    run(async () =>
      isOfRule
        ? redrive(queue, [{ id: letter.id, event: content }])
        : [await invokeAgain(queue, letter, content)],
    );
  const toggle = (id: string) => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    setChosen(next);
  };
  const those = letters.filter(({ id }) => chosen.has(id));
  return (
    <>
      <div class="choices">
        {canSend && (
          <button type="button" onClick={() => again(undefined)}>
            Send all again
          </button>
        )}
        {canSend && those.length > 0 && (
          <button type="button" onClick={() => again(those)}>
            Send the {those.length} chosen again
          </button>
        )}
        <button type="button" aria-expanded={isOpen} onClick={onOpen}>
          {isOpen ? 'Hide them' : 'Look at them'}
        </button>
      </div>
      {problem !== '' && <p class="error">{problem}</p>}
      <Results results={results} />
      {isOpen && (
        <ul class="letter-list">
          {letters.map((letter) => (
            <li key={letter.id}>
              {canSend && (
                <input
                  type="checkbox"
                  aria-label={`Choose ${letter.id}`}
                  checked={chosen.has(letter.id)}
                  onChange={() => toggle(letter.id)}
                />
              )}
              <LetterView
                letter={letter}
                canSend={canSend}
                onSend={(content) => edited(letter, content)}
                onDrop={() =>
                  run(async () => {
                    await dropLetter(queue, letter.id);
                    return [];
                  })
                }
              />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

/** What came of each message that was sent again. */
function Results({ results }: { results: readonly Sent[] }) {
  if (results.length === 0) return null;
  const delivered = results.filter(({ status }) => status === 'delivered').length;
  return (
    <div role="status">
      <p class="answer">
        {delivered} of {results.length} delivered
      </p>
      <ul>
        {results
          .filter(({ status }) => status === 'failed')
          .map(({ messageId, error }) => (
            <li key={messageId} class="error">
              {messageId} stays: {error}
            </li>
          ))}
      </ul>
    </div>
  );
}
