import { useState } from 'preact/hooks';
import { messageOf } from './ask.ts';
import { failureRecordOf, type Letter, reasonOf } from './queues-api.ts';

interface Props {
  letter: Letter;
  canSend: boolean;
  onSend(content: object): void;
  onDrop(): void;
}

/** One message: why it is there, and its content, which can be edited before it is sent again. */
export function LetterView({ letter, canSend, onSend, onDrop }: Props) {
  const record = failureRecordOf(letter);
  const content = record ? JSON.stringify(record.requestPayload) : letter.body;
  const [text, setText] = useState(() => pretty(content));
  const problem = problemOf(text);
  return (
    <details>
      <summary>
        <time>{new Date(letter.sentAt).toLocaleString()}</time> {reasonOf(letter)}
      </summary>
      {letter.error?.includes('\n') && <pre>{letter.error}</pre>}
      <textarea
        rows={12}
        spellcheck={false}
        aria-label={`Content of ${letter.id}`}
        value={text}
        onInput={({ currentTarget }) => setText(currentTarget.value)}
      />
      {problem !== undefined && <p class="error">{problem}</p>}
      <div class="choices">
        {canSend && (
          <button type="button" disabled={problem !== undefined} onClick={() => onSend(JSON.parse(text))}>
            Send this one again{text === pretty(content) ? '' : ', edited'}
          </button>
        )}
        <button type="button" onClick={onDrop}>
          Drop it for good
        </button>
      </div>
    </details>
  );
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function problemOf(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? undefined : 'It has to be a JSON object.';
  } catch (error) {
    return messageOf(error);
  }
}
