import { type Span, type Subject, titleOf } from './span.ts';

/** Whoever isn't a part of the stack: a client of the API, or a developer. */
const client = 'client';

/**
 * One order's story as a Mermaid sequence diagram: who called whom, in the order in which it began. The attempts of a
 * delivery are one arrow, with their number.
 *
 * @param nameOf gives the part of the stack that runs in a role, `function orders-producer`
 */
export function sequenceDiagram(
  { spans }: Subject,
  nameOf: (roleArn: string | undefined) => string | undefined,
): string {
  const participants = new Map<string, string>();
  const idOf = (name: string) => {
    const id = participants.get(name) ?? `p${participants.size}`;
    participants.set(name, id);
    return id;
  };
  const lines = spans.flatMap((span, index) =>
    arrowsOf(span, spans.slice(0, index), spans, nameOf).map(
      ({ from, to, arrow, text }) => `${idOf(from)}${arrow}${idOf(to)}: ${toMermaid(text)}`,
    ),
  );
  return [
    'sequenceDiagram',
    ...[...participants].map(([name, id]) => `participant ${id} as ${toMermaid(name)}`),
    ...lines,
  ]
    .map((line, index) => (index === 0 ? line : `    ${line}`))
    .join('\n');
}

interface Arrow {
  from: string;
  to: string;
  /** `->>` for what arrived, `-x` for what failed, `-)` for what is still under way. */
  arrow: '->>' | '-x' | '-)';
  text: string;
}

const arrowOf = ({ status }: Span): Arrow['arrow'] =>
  status === 'failed' ? '-x' : status === 'succeeded' ? '->>' : '-)';

function arrowsOf(
  span: Span,
  before: readonly Span[],
  all: readonly Span[],
  nameOf: (roleArn: string | undefined) => string | undefined,
): Arrow[] {
  const { activity, outcome, error } = span;
  const arrow = arrowOf(span);
  const failure = error === undefined ? '' : `: ${error}`;
  switch (activity.kind) {
    case 'request':
      return [{ from: client, to: 'HTTP API', arrow, text: `${titleOf(span)}${answered(outcome.status)}` }];
    case 'invocation': {
      // A delivery has an arrow to its function already.
      const asked = before.at(-1);
      if (asked?.activity.kind !== 'request') return [];
      return [{ from: 'HTTP API', to: titleOf(span), arrow, text: `invokes${failure}` }];
    }
    case 'event': {
      const from = nameOf(activity.roleArn) ?? client;
      return [{ from, to: `bus ${activity.bus}`, arrow, text: `${titleOf(span)}${failure}` }];
    }
    case 'delivery': {
      const event = before.find(({ id }) => id === span.parentId);
      const bus = event?.activity.kind === 'event' ? `bus ${event.activity.bus}` : client;
      const attempts = all.filter(
        ({ parentId, activity: { kind } }) => parentId === span.id && kind === 'attempt',
      ).length;
      const text = `rule ${activity.rule}${attempts > 1 ? `, ${attempts} attempts` : ''}${failure}`;
      const delivered: Arrow = { from: bus, to: activity.target, arrow, text };
      if (outcome.queue === undefined) return [delivered];
      const kept: Arrow = { from: bus, to: `queue ${outcome.queue}`, arrow: '->>', text: 'dead letter' };
      return [delivered, kept];
    }
    case 'write': {
      const from = nameOf(activity.roleArn) ?? client;
      return activity.table
        .split(', ')
        .map((table) => ({ from, to: `table ${table}`, arrow, text: activity.operation }));
    }
    default:
      return [];
  }
}

const answered = (status: number | undefined) => (status === undefined ? '' : ` (answered ${status})`);

/** The longest text of an arrow. */
const maxText = 120;

/** A text that is no Mermaid: characters with a meaning are its entities, by their numbers. */
function toMermaid(text: string): string {
  const short = text.length > maxText ? `${text.slice(0, maxText - 1)}…` : text;
  return short
    .replace(/\s+/g, ' ')
    .replace(/[^\p{L}\p{N} .,:/_()…→-]/gu, (character) => `#${character.codePointAt(0)};`);
}
