import type { Step, Story } from '@orders/local-aws';

/** Where that is which failed. */
const kept = (queue: string | undefined) => (queue === undefined ? '' : ` → queue ${queue}`);

/** Whether a step or a delivery is part of the fulfilment. The tracker follows every event beside it. */
const isFulfilment = (text: string) => !/orders-tracker|OrderStatus/.test(text);

/** The steps of a story as short text, without those of the tracker: `event Order Placed`, `PutItem OrderDetails`. */
export const shortSteps = ({ steps }: Pick<Story, 'steps'>): string[] =>
  steps.map(shortStep).filter(isFulfilment);

function shortStep(step: Step): string {
  switch (step.kind) {
    case 'request':
      return `request ${step.status}`;
    case 'invocation':
      return `function ${step.function} ${step.status}${kept(step.failureQueue)}`;
    case 'event':
      return `event ${step.detailType}`;
    case 'execution':
      return `workflow ${step.stateMachine} ${step.status}`;
    case 'write':
      return `${step.operation} ${step.table}`;
    case 'left work':
      return `function ${step.function} left ${step.left.join(' and ')}`;
    case 'fault':
      return `fault ${step.fault}: ${step.place}`;
  }
}

/**
 * What was delivered where, as short text, without what went to the tracker:
 * `Order Placed: USOrdertoAPI → API destination us-fulfilment-partner delivered`.
 */
export const shortDeliveries = ({ steps }: Pick<Story, 'steps'>): string[] =>
  steps
    .flatMap((step) =>
      step.kind === 'event'
        ? step.deliveries.map(
            ({ rule, target, status, deadLetterQueue }) =>
              `${step.detailType}: ${rule} → ${target} ${status}${kept(deadLetterQueue)}`,
          )
        : [],
    )
    .filter(isFulfilment);
