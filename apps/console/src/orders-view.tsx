import { useMemo, useState } from 'preact/hooks';
import { hasText, type Model, stateOf } from './model.ts';

/** The height of a row, in pixels: only those that can be seen are made. */
const rowHeight = 34;

interface Props {
  model: Model;
  /** Changes when the model does. */
  version: number;
  selected: string | undefined;
  onSelect(id: string): void;
}

/** The orders, the newest first. */
export function OrdersView({ model, version, selected, onSelect }: Props) {
  const [sought, setSought] = useState('');
  const [top, setTop] = useState(0);
  // The model changes in place, and its version says when.
  const found = useMemo(
    () => model.subjects().filter((subject) => hasText(subject, sought)),
    [version, sought],
  );
  const first = Math.max(0, Math.floor(top / rowHeight) - 5);
  const rows = found.slice(first, first + 40);
  return (
    <section class="orders" aria-label="Orders">
      <header>
        <h2>Orders</h2>
        <input
          type="search"
          placeholder="id, status or field"
          aria-label="Search the orders"
          value={sought}
          onInput={({ currentTarget }) => setSought(currentTarget.value)}
        />
        <span class="total">{found.length}</span>
      </header>
      <div class="rows" tabIndex={-1} onScroll={({ currentTarget }) => setTop(currentTarget.scrollTop)}>
        <ul style={{ height: `${found.length * rowHeight}px` }}>
          {rows.map((subject, index) => {
            const state = stateOf(subject);
            return (
              <li key={subject.id} style={{ top: `${(first + index) * rowHeight}px` }}>
                <button
                  type="button"
                  class={subject.id === selected ? 'selected' : ''}
                  aria-pressed={subject.id === selected}
                  onClick={() => onSelect(subject.id)}
                >
                  <time>{new Date(subject.begunAt).toLocaleTimeString()}</time>
                  <code>{subject.id}</code>
                  <span class={`state ${state.kind}`}>{state.text}</span>
                </button>
              </li>
            );
          })}
        </ul>
        {found.length === 0 && (
          <p class="hint">{sought === '' ? 'No order yet. Send one, below.' : 'No order has this text.'}</p>
        )}
      </div>
    </section>
  );
}
