import type { FaultKind } from '@orders/local-aws';
import { useState } from 'preact/hooks';
import { type FaultState, readFaults, setFaults } from './api.ts';
import { messageOf } from './ask.ts';
import { useAnswer } from './use-answer.ts';

/** How often a fault happens that is switched on, until somebody says otherwise. */
const usualPercent = 20;

/** Switches faults on and off while the system runs. */
export function FaultsView() {
  const { value: read, error } = useAnswer(readFaults, []);
  const [changed, setChanged] = useState<FaultState>();
  const [problem, setProblem] = useState('');
  const state = changed ?? read;
  if (!state) return error === undefined ? null : <p class="error">{error}</p>;
  const set = async (kind: FaultKind, percent: number) => {
    const { [kind]: _, ...others } = state.probabilities;
    try {
      setChanged(await setFaults(percent > 0 ? { ...others, [kind]: percent / 100 } : others));
      setProblem('');
    } catch (cause) {
      setProblem(messageOf(cause));
    }
  };
  return (
    <section class="faults" aria-label="Faults">
      <h2>Faults</h2>
      <p class="hint">What goes wrong from now on, and how often. Nothing may be lost by it.</p>
      <ul>
        {Object.entries(state.kinds).map(([name, meaning]) => {
          const kind = name as FaultKind;
          const percent = Math.round((state.probabilities[kind] ?? 0) * 100);
          return (
            <li key={kind}>
              <label>
                <input
                  type="checkbox"
                  checked={percent > 0}
                  onChange={({ currentTarget }) => set(kind, currentTarget.checked ? usualPercent : 0)}
                />
                <strong>{kind}</strong>: {meaning}
              </label>
              <label class="percent">
                <input
                  type="number"
                  min="0"
                  max="100"
                  value={percent}
                  aria-label={`How often ${kind} happens, in percent`}
                  onChange={({ currentTarget }) => set(kind, Number(currentTarget.value))}
                />
                %
              </label>
            </li>
          );
        })}
      </ul>
      {problem !== '' && <p class="error">{problem}</p>}
    </section>
  );
}
