import { styleText } from 'node:util';
import type { Delivery, Step, Story, TimedStep } from '@orders/local-aws';

type Style = (text: string, style: 'bold' | 'cyan' | 'dim' | 'green' | 'red' | 'yellow') => string;

/** Colours for a stream: none unless it is a terminal (and NO_COLOR isn't set). */
const styleFor =
  (stream: NodeJS.WriteStream): Style =>
  (text, style) =>
    styleText(style, text, { stream });

/** How something ended, or goes on. */
interface Ended {
  status: string;
  error?: string;
  attempts?: number;
  nextAttemptAtMs?: number;
}

/** The story of an order, hop by hop, as lines for a terminal. */
export function tellStory({ subject, settled, steps }: Story, stream: NodeJS.WriteStream): string {
  const style = styleFor(stream);
  const lines = steps.flatMap((step) => tellStep(step, style));
  if (!settled) lines.push(style('        … still in flight', 'yellow'));
  return [style(`order ${subject}`, 'bold'), ...lines].join('\n');
}

/** A request with what was sent, and its answer; with the reason if it was refused. */
export const tellRequest = (step: RequestStep, stream: NodeJS.WriteStream): string =>
  requestLine(step, styleFor(stream));

type RequestStep = Extract<Step, { kind: 'request' }>;

/** How much of a request or of an answer is in its line. */
const maxText = 300;
const oneLine = (text: string) => {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > maxText ? `${line.slice(0, maxText)} …` : line;
};

function requestLine({ method, path, sent = '', status, refusal = '' }: RequestStep, style: Style): string {
  const asked = `${method} ${path}${sent.startsWith('?') || sent === '' ? '' : ' '}${oneLine(sent)}`;
  if (status === undefined) return `${asked} → ${style('(no answer yet)', 'yellow')}`;
  if (status < 400) return `${asked} → ${style(String(status), 'green')}`;
  return `${asked} → ${style(`${status} ${oneLine(reasonIn(refusal))}`.trim(), 'red')}`;
}

/** The sentence of an answer: its `detail` or its `message`, as the functions and API Gateway have it. */
function reasonIn(answer: string): string {
  try {
    const { detail, message } = JSON.parse(answer) as Record<string, unknown>;
    return String(detail ?? message ?? answer);
  } catch {
    return answer;
  }
}

function tellStep(step: TimedStep, style: Style): string[] {
  const at = style(`${String(step.atMs).padStart(5)} ms`, 'dim');
  const line = (text: string) => `${at}  ${text}`;
  const under = (text: string) => `            ${text}`;
  const ok = style('✓', 'green');
  const failed = (error = '') => `${style('✗', 'red')} ${style(error, 'red')}`;
  const outcome = ({ status, error, attempts, nextAttemptAtMs }: Ended) => {
    const after = attempts === undefined ? '' : ` after ${attempts} attempts`;
    if (status === 'failed') return `${failed(error)}${after}`;
    if (status === 'succeeded' || status === 'delivered') return `${ok}${after}`;
    if (nextAttemptAtMs === undefined) return style(`(${status})`, 'yellow');
    return `${failed(error)}${after} ${style(`(next attempt at ${nextAttemptAtMs} ms)`, 'yellow')}`;
  };
  /** Where that is which failed. */
  const kept = (queue: string | undefined) => (queue === undefined ? '' : ` → queue ${style(queue, 'cyan')}`);
  const deliveryLine = (delivery: Delivery) =>
    under(
      `rule ${style(delivery.rule, 'cyan')} → ${delivery.target} ${outcome(delivery)}${kept(delivery.deadLetterQueue)}`,
    );

  switch (step.kind) {
    case 'request':
      return [line(requestLine(step, style))];
    case 'invocation':
      return [
        line(`function ${step.function} ${outcome(step)}${kept(step.failureQueue)}`),
        ...(step.stack ?? []).map((frame) => under(style(frame, 'dim'))),
      ];
    case 'event': {
      const head = line(`event ${style(step.detailType, 'bold')} on bus ${step.bus}`);
      return [
        head,
        ...(step.deliveries.length > 0 ? step.deliveries.map(deliveryLine) : [under('no rule matched')]),
        ...(step.nearMisses ?? []).map(({ rule, sentence }) =>
          under(style(`rule ${rule} nearly matched: ${sentence}`, 'dim')),
        ),
      ];
    }
    case 'execution': {
      const states = step.states.map((state) => under(`state ${state.name} ${outcome(state)}`));
      return [line(`workflow ${step.stateMachine} ${outcome(step)}`), ...states];
    }
    case 'left work':
      return [line(style(leftWork(step), 'yellow'))];
    case 'fault':
      return [line(style(`fault ${step.fault}: ${step.place}`, 'yellow'))];
    case 'write':
      return [line(`${step.operation} in table ${step.table}: ${JSON.stringify(step.item)}`)];
  }
}

/** What a function left behind its answer, and what becomes of it. */
const leftWork = ({ function: name, left, isFrozen }: Extract<Step, { kind: 'left work' }>): string =>
  `function ${name} has answered and left ${left.join(' and ')}. ` +
  `${isFrozen ? 'It stands still, as on AWS' : 'AWS lets it stand still'}: what was left goes on with its next ` +
  'invocation, or never';
