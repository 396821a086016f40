import type { MapNode } from '@orders/local-aws';
import { useState } from 'preact/hooks';
import { type Archive, readArchives, readReplays, startReplay } from './archive-api.ts';
import { messageOf } from './ask.ts';
import { useAnswer } from './use-answer.ts';

interface Props {
  rules: readonly MapNode[];
  /** Changes when something happened. */
  version: number;
  /** The time of the local run, milliseconds since 1970. */
  now: number;
}

/** Replays what the archives kept in a time, to the rules that are chosen. */
export function ArchiveView({ rules, version, now }: Props) {
  const { value: archives, error } = useAnswer(readArchives, [version]);
  const { value: replays = [] } = useAnswer(readReplays, [version]);
  return (
    <section class="archive" aria-label="Archive">
      <h2>Archive</h2>
      {error !== undefined && <p class="error">{error}</p>}
      {archives?.length === 0 && <p class="hint">The stack has no archive.</p>}
      {archives?.map((archive) => (
        <ReplayForm key={archive.arn} archive={archive} rules={rules} now={now} />
      ))}
      {replays.length > 0 && (
        <ul aria-label="Replays">
          {replays.slice(0, 10).map(({ name, state }) => (
            <li key={name}>
              {name}: {state.toLowerCase()}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

const windows = [
  { name: 'the last 5 minutes', ms: 5 * 60_000 },
  { name: 'the last hour', ms: 3_600_000 },
  { name: 'the last day', ms: 24 * 3_600_000 },
] as const;

function ReplayForm({ archive, rules, now }: { archive: Archive } & Omit<Props, 'version'>) {
  const [from, setFrom] = useState(toLocal(now - windows[1].ms));
  const [to, setTo] = useState(toLocal(now + 60_000));
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [answer, setAnswer] = useState<{ isError: boolean; text: string }>();
  const [begin, end] = [Date.parse(from), Date.parse(to)];
  const isReady = chosen.length > 0 && begin < end;
  const replay = async () => {
    try {
      const name = await startReplay(archive, { from: begin, to: end, ruleArns: [...chosen] });
      setAnswer({ isError: false, text: `Replay ${name} has begun` });
    } catch (error) {
      setAnswer({ isError: true, text: messageOf(error) });
    }
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void replay();
      }}
    >
      <p>
        The archive {archive.name} has {archive.count} events. A rule gets those of this time that it matches,
        once more.
      </p>
      <div class="choices">
        {windows.map(({ name, ms }) => (
          <button
            key={name}
            type="button"
            onClick={() => {
              setFrom(toLocal(now - ms));
              setTo(toLocal(now + 60_000));
            }}
          >
            {name}
          </button>
        ))}
      </div>
      <div class="choices">
        <label>
          From
          <input
            type="datetime-local"
            step="1"
            value={from}
            onInput={({ currentTarget }) => setFrom(currentTarget.value)}
          />
        </label>
        <label>
          To
          <input
            type="datetime-local"
            step="1"
            value={to}
            onInput={({ currentTarget }) => setTo(currentTarget.value)}
          />
        </label>
      </div>
      {!(begin < end) && <p class="error">The time has to end after it begins.</p>}
      <fieldset class="rules">
        <legend>To the rules</legend>
        {rules.map(({ name, arn }) => (
          <label key={arn}>
            <input
              type="checkbox"
              checked={chosen.includes(arn)}
              onChange={() =>
                setChosen(chosen.includes(arn) ? chosen.filter((each) => each !== arn) : [...chosen, arn])
              }
            />
            {name}
          </label>
        ))}
      </fieldset>
      <button type="submit" disabled={!isReady}>
        {chosen.length === 0 ? 'Replay: choose a rule first' : 'Replay'}
      </button>
      {answer && (
        <p class={answer.isError ? 'error' : 'answer'} role="status">
          {answer.text}
        </p>
      )}
    </form>
  );
}

/** A time as an input of the browser has it: local, to the second. */
function toLocal(ms: number): string {
  const minutes = new Date(ms).getTimezoneOffset();
  return new Date(ms - minutes * 60_000).toISOString().slice(0, 19);
}
