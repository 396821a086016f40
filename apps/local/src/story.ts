import { styleText } from 'node:util';
import type { Delivery, Story, TimedStep } from '@orders/local-aws';

type Style = (text: string, style: 'bold' | 'cyan' | 'dim' | 'green' | 'red' | 'yellow') => string;

/** Colours for a stream: none unless it is a terminal (and NO_COLOR isn't set). */
const styleFor =
  (stream: NodeJS.WriteStream): Style =>
  (text, style) =>
    styleText(style, text, { stream });

/** The story of an order, hop by hop, as lines for a terminal. */
export function tellStory({ subject, settled, steps }: Story, stream: NodeJS.WriteStream): string {
  const style = styleFor(stream);
  const lines = steps.flatMap((step) => tellStep(step, style));
  if (!settled) lines.push(style('        … still in flight', 'yellow'));
  return [style(`order ${subject}`, 'bold'), ...lines].join('\n');
}

function tellStep(step: TimedStep, style: Style): string[] {
  const at = style(`${String(step.atMs).padStart(5)} ms`, 'dim');
  const line = (text: string) => `${at}  ${text}`;
  const under = (text: string) => `            ${text}`;
  const ok = style('✓', 'green');
  const failed = (error = '') => `${style('✗', 'red')} ${style(error, 'red')}`;
  const outcome = (status: string, error: string | undefined) => {
    if (status === 'failed') return failed(error);
    return status === 'succeeded' || status === 'delivered' ? ok : style(`(${status})`, 'yellow');
  };
  /** Where that is which failed. */
  const kept = (queue: string | undefined) => (queue === undefined ? '' : ` → queue ${style(queue, 'cyan')}`);
  const deliveryLine = ({ rule, target, status, error, deadLetterQueue }: Delivery) =>
    under(`rule ${style(rule, 'cyan')} → ${target} ${outcome(status, error)}${kept(deadLetterQueue)}`);

  switch (step.kind) {
    case 'request': {
      const { status } = step;
      const shown =
        status === undefined
          ? style('(no answer yet)', 'yellow')
          : style(String(status), status < 400 ? 'green' : 'red');
      return [line(`${step.method} ${step.path} → ${shown}`)];
    }
    case 'invocation':
      return [
        line(`function ${step.function} ${outcome(step.status, step.error)}${kept(step.failureQueue)}`),
      ];
    case 'event': {
      const head = line(`event ${style(step.detailType, 'bold')} on bus ${step.bus}`);
      return [
        head,
        ...(step.deliveries.length > 0 ? step.deliveries.map(deliveryLine) : [under('no rule matched')]),
      ];
    }
    case 'execution': {
      const states = step.states.map(({ name, status, error }) =>
        under(`state ${name} ${outcome(status, error)}`),
      );
      return [line(`workflow ${step.stateMachine} ${outcome(step.status, step.error)}`), ...states];
    }
    case 'write':
      return [line(`${step.operation} in table ${step.table}: ${JSON.stringify(step.item)}`)];
  }
}
