import { useRef, useState } from 'preact/hooks';
import { messageOf } from './ask.ts';
import { LetterView } from './letter-view.tsx';
import {
  dropLetter,
  failureRecordOf,
  invokeAgain,
  invokeAllAgain,
  type Letter,
  readLetters,
  redrive,
  type Sent,
} from './queues-api.ts';
import { useAnswer } from './use-answer.ts';

interface Props {
  queue: string;
  /** Whether a rule's dead letters are in it. */
  isOfRule: boolean;
  /** Changes when what waits may have changed. */
  version: number;
  isOpen: boolean;
  onOpen(): void;
  /** Messages were sent again or dropped. What was dropped isn't among them. */
  onSent(sent: readonly Sent[]): void;
}

/** The messages of a queue: all, some or one of them can be sent again, each as it is or edited, or dropped. */
export function QueueLetters({ queue, isOfRule, version, isOpen, onOpen, onSent }: Props) {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [problem, setProblem] = useState('');
  const { value } = useAnswer(() => readLetters(queue), [queue, version]);
  const letters = value?.messages ?? [];
  const those = letters.filter(({ id }) => chosen.has(id));
  const canSend = isOfRule || letters.some((letter) => failureRecordOf(letter) !== undefined);
  // Sent twice, a message would be delivered twice.
  const isBusy = useRef(false);
  const run = async (work: () => Promise<readonly Sent[]>) => {
    if (isBusy.current) return;
    isBusy.current = true;
    try {
      const sent = await work();
      setProblem('');
      setChosen(new Set());
      onSent(sent);
    } catch (error) {
      setProblem(messageOf(error));
    } finally {
      isBusy.current = false;
    }
  };
  const invokeEach = async (each: readonly Letter[]) => {
    const sent: Sent[] = [];
    for (const letter of each) {
      sent.push(await invokeAgain(queue, letter, failureRecordOf(letter)?.requestPayload));
    }
    return sent;
  };
  const sendAll = () => run(() => (isOfRule ? redrive(queue) : invokeAllAgain(queue)));
  const sendChosen = () => {
    const ids = those.map(({ id }) => ({ id }));
    return run(() => (isOfRule ? redrive(queue, ids) : invokeEach(those)));
  };
  const sendEdited = (letter: Letter, content: object) =>
    run(async () =>
      isOfRule
        ? redrive(queue, [{ id: letter.id, event: content }])
        : [await invokeAgain(queue, letter, content)],
    );
  const drop = ({ id }: Letter) =>
    run(async () => {
      await dropLetter(queue, id);
      return [];
    });
  const toggle = (id: string) => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    setChosen(next);
  };
  return (
    <>
      <div class="choices">
        {canSend && (
          <button type="button" onClick={sendAll}>
            Send all again
          </button>
        )}
        {canSend && those.length > 0 && (
          <button type="button" onClick={sendChosen}>
            Send the {those.length} chosen again
          </button>
        )}
        <button type="button" aria-expanded={isOpen} onClick={onOpen}>
          {isOpen ? 'Hide them' : 'Look at them'}
        </button>
      </div>
      {problem !== '' && <p class="error">{problem}</p>}
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
                onSend={(content) => sendEdited(letter, content)}
                onDrop={() => drop(letter)}
              />
            </li>
          ))}
        </ul>
      )}
      {isOpen && value && value.waiting > letters.length && (
        <p class="hint">These are the first {letters.length} of them.</p>
      )}
    </>
  );
}
