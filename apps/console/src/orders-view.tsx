import { memo } from 'preact/compat';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Model } from './model.ts';
import { type Span, stateOf } from './span.ts';

/** The height of a row, in pixels. Only the rows that can be seen are made. */
const rowHeight = 34;
/** How many rows are made before the first one that can be seen, and after the last one. */
const rowsAround = 6;
/** Made once: a formatter is dear, and there are many rows. */
const timeFormat = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });

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
  // One function for the life of the list, so that a row that hasn't changed isn't made again.
  const newest = useRef(onSelect);
  newest.current = onSelect;
  const select = useRef((id: string) => newest.current(id));
  // The model changes in place, and its version says when.
  const found = useMemo(() => model.search(sought), [model, version, sought]);
  const before = useRef(found.length);
  // Whoever reads older orders keeps them in sight while newer ones come in above.
  useEffect(() => {
    const added = found.length - before.current;
    before.current = found.length;
    if (list.current && list.current.scrollTop > 0 && added > 0) list.current.scrollTop += added * rowHeight;
  }, [found.length]);
  const seen = Math.ceil((list.current?.clientHeight ?? 600) / rowHeight);
  const rowsMade = seen + 2 * rowsAround;
  const first = Math.max(0, Math.min(Math.floor(top / rowHeight) - rowsAround, found.length - rowsMade));
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
              <Row
                // A row that leaves at one end comes back at the other. Counted from the oldest order, a row stays with
                // its order, and the focus with it, when newer ones come in.
                key={(found.length - 1 - first - index) % rowsMade}
                id={subject.id}
                begunAt={subject.begunAt}
                top={(first + index) * rowHeight}
                kind={state.kind}
                text={state.text}
                isSelected={subject.id === selected}
                onSelect={select.current}
              />
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

interface RowProps {
  id: string;
  begunAt: number;
  /** In pixels, from the top of the list. */
  top: number;
  kind: Span['status'];
  text: string;
  isSelected: boolean;
  onSelect(id: string): void;
}

const Row = memo(({ id, begunAt, top, kind, text, isSelected, onSelect }: RowProps) => (
  <li style={{ transform: `translateY(${top}px)` }}>
    <button
      type="button"
      class={isSelected ? 'selected' : ''}
      aria-pressed={isSelected}
      onClick={() => onSelect(id)}
    >
      <time>{timeFormat.format(begunAt)}</time>
      <code>{id}</code>
      <span class={`state ${kind}`}>{text}</span>
    </button>
  </li>
));
