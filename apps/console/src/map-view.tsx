import type { MapNode, SystemMap } from '@orders/local-aws';
import { useMemo } from 'preact/hooks';
import { layOut, type PlacedNode } from './layout.ts';
import type { Model } from './model.ts';
import { isMended, partOf, partsOf, type Subject } from './span.ts';

/** How long a part of the map shines after something reached it, in milliseconds. */
const shinesMs = 1_500;

interface Props {
  map: SystemMap;
  model: Model;
  /** The order whose way is shown; everything if left out. */
  subject: Subject | undefined;
  /** Somebody wants to know what happened there. */
  onPart(node: MapNode): void;
}

/** The map of the system: what the stack has, and what reaches it. */
export function MapView({ map, model, subject, onPart }: Props) {
  // A queue for what failed is on the map once something is in it.
  const hidden = map.edges
    .filter(({ to, kind }) => kind === 'deadLetter' && !model.counts.has(partOf(to)))
    .map(({ to }) => to)
    .join('\n');
  const layout = useMemo(() => {
    const ids = new Set(hidden.split('\n'));
    return layOut({
      nodes: map.nodes.filter(({ id }) => !ids.has(id)),
      edges: map.edges.filter(({ to }) => !ids.has(to)),
    });
  }, [map, hidden]);
  const way = subject && wayOf(subject);
  const now = Date.now();
  const isOnWay = (id: string) => way?.reached.has(partOf(id)) ?? false;
  const classOf = (node: PlacedNode) => {
    const count = model.counts.get(partOf(node.id));
    const classes = ['part', node.kind.replaceAll(' ', '-')];
    if (way?.failed.has(partOf(node.id))) classes.push('failed');
    else if (way?.waiting.has(partOf(node.id))) classes.push('waiting');
    else if (isOnWay(node.id)) classes.push('reached');
    else if (way) classes.push('missed');
    else if (count && now - count.last < shinesMs) classes.push('shining');
    if (!way && count && count.failed > 0) classes.push('has-failed');
    return classes.join(' ');
  };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: where the map is wider than the page, the keyboard scrolls it.
    <figure class="map" aria-label="Map of the system" tabIndex={0}>
      <svg viewBox={`0 0 ${layout.width} ${layout.height}`} aria-label="The parts of the system">
        {layout.edges.map(({ from, to, kind, path, middle }) => {
          const count = model.counts.get(`${partOf(from)}→${partOf(to)}`);
          const times = count && (kind === 'deadLetter' ? count.failed : count.reached);
          return (
            <g key={`${from}→${to}`}>
              <path
                d={path}
                class={`way ${kind} ${way ? (isOnWay(from) && isOnWay(to) ? 'reached' : 'missed') : ''}`}
              >
                <title>{`${from} → ${to}${times === undefined ? '' : `, ${times} times`}`}</title>
              </path>
              {times !== undefined && (
                <text x={middle.x} y={middle.y - 4} class="way-count">
                  {times}
                </text>
              )}
            </g>
          );
        })}
        {layout.nodes.map((node) => {
          const count = model.counts.get(partOf(node.id));
          const label = `${node.kind} ${node.name}${count ? `, reached ${count.reached} times${count.failed > 0 ? `, failed ${count.failed} times` : ''}` : ''}`;
          // With an order, what happened to it there; without one, what failed there last.
          const isButton = subject
            ? node.kind === 'rule' || isOnWay(node.id)
            : count !== undefined && count.failed > 0;
          const why = subject
            ? node.kind === 'rule'
              ? ". Why does it take this order's events, or not?"
              : '. What happened to the order there?'
            : '. What failed there?';
          return (
            <g
              key={node.id}
              class={classOf(node)}
              transform={`translate(${node.x - node.width / 2},${node.y - node.height / 2})`}
              {...(isButton && {
                role: 'button',
                tabIndex: 0,
                onClick: () => onPart(node),
                onKeyDown: (event: KeyboardEvent) => event.key === 'Enter' && onPart(node),
              })}
            >
              <rect width={node.width} height={node.height} rx="6" />
              <text x="10" y="17" class="kind">
                {node.kind}
              </text>
              <text x="10" y="34">
                {node.name}
              </text>
              {count && (
                <text x={node.width - 8} y="17" class="count">
                  {count.reached}
                </text>
              )}
              <title>{isButton ? `${label}${why}` : label}</title>
            </g>
          );
        })}
      </svg>
    </figure>
  );
}

/** The parts that an order reached, those where it waits, and those where something failed. */
interface Way {
  reached: ReadonlySet<string>;
  waiting: ReadonlySet<string>;
  failed: ReadonlySet<string>;
}

function wayOf({ spans }: Subject): Way {
  const reached = new Set<string>();
  const waiting = new Set<string>();
  const failed = new Set<string>();
  for (const span of spans) {
    for (const part of partsOf(span)) {
      reached.add(part);
      if (span.status === 'waiting') waiting.add(part);
      if (span.status === 'failed' && !isMended(span, spans)) failed.add(part);
    }
    if (span.outcome.queue !== undefined) reached.add(`queue ${span.outcome.queue}`);
  }
  return { reached, waiting, failed };
}
