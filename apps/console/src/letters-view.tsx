import { useEffect, useState } from 'preact/hooks';
import { type Letters, readQueues, redrive } from './api.ts';

interface Props {
  /** The queues that get what failed. */
  deadLetterQueues: readonly string[];
  /** Changes when something happened. */
  version: number;
}

/** What waits in the queues, and a way to send dead letters again. */
export function LettersView({ deadLetterQueues, version }: Props) {
  const [queues, setQueues] = useState<Letters[]>([]);
  const [answer, setAnswer] = useState('');
  // What waits may change with whatever happens.
  useEffect(() => {
    readQueues().then(setQueues, () => setQueues([]));
  }, [version, answer]);
  const again = async (queue: string) => {
    try {
      setAnswer(JSON.stringify(await redrive(queue), null, 2));
    } catch (error) {
      setAnswer((error as Error).message);
    }
  };
  return (
    <section class="letters" aria-label="Queues">
      <h2>Queues</h2>
      <table>
        <tbody>
          {queues.map(({ queue, waiting }) => (
            <tr key={queue} class={waiting > 0 ? 'has-waiting' : ''}>
              <th scope="row">{queue}</th>
              <td>{waiting === 0 ? 'empty' : `${waiting} ${waiting === 1 ? 'waits' : 'wait'}`}</td>
              <td>
                {waiting > 0 && deadLetterQueues.includes(queue) && (
                  <button type="button" onClick={() => again(queue)}>
                    Send again
                  </button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {answer !== '' && <pre role="status">{answer}</pre>}
    </section>
  );
}
