import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Model } from './model.ts';
import { stateOf } from './span.ts';

/** The height of a row, in pixels. Only the rows that can be seen are made. */
const rowHeight = 34;
/** How many rows are made before the first one that can be seen, and how many in all. */
const rowsBefore = 8;
const rowsMade = 44;

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
  const list = useRef<HTMLDivElement>(null);
  // The model changes in place, and its version says when.
  const found = useMemo(() => model.search(sought), [model, version, sought]);
  const before = useRef(found.length);
  // Whoever reads older orders keeps them in sight while newer ones come in above.
  useEffect(() => {
    const added = found.length - before.current;
    before.current = found.length;
    if (list.current && list.current.scrollTop > 0 && added > 0) list.current.scrollTop += added * rowHeight;
  }, [found.length]);
  const first = Math.max(0, Math.min(Math.floor(top / rowHeight) - rowsBefore, found.length - rowsMade));
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
      <div
        ref={list}
        class="rows"
        tabIndex={-1}
        onScroll={({ currentTarget }) => setTop(currentTarget.scrollTop)}
      >
        <ul style={{ height: `${found.length * rowHeight}px` }}>
          {found.slice(first, first + rowsMade).map((subject, index) => {
            const state = stateOf(subject);
            return (
              <li key={subject.id} style={{ transform: `translateY(${(first + index) * rowHeight}px)` }}>
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
          <p class="hint">
            {sought === '' ? 'No order yet. Send one with the form.' : 'No order has this text.'}
          </p>
        )}
      </div>
    </section>
  );
}
