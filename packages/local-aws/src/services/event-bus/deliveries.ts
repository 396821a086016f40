import { AwsError } from '../../aws-error.ts';
import type { Context } from '../../context.ts';
import { LostAnswerError } from '../../faults/lost-answer-error.ts';
import { AccessDeniedError } from '../../iam.ts';
import { createRetriedWork, type GivenUp, type WorkItem } from '../../retried-work.ts';
import type { RetryPolicy } from '../../retry.ts';
import { type BusEvent, DeliveryError, type DeliveryErrorCode } from '../../target.ts';
import type { Span } from '../../trace.ts';
import { shownOf } from '../../trace-entry.ts';
import { countRules } from './count-rule.ts';
import { deadLetterAttributes } from './dead-letter.ts';
import type { Rule, RuleTarget } from './rule.ts';

/** An event that goes to a target of a rule. */
interface Delivery {
  ruleArn: string;
  targetArn: string;
  /** Two targets of a rule may have one ARN. */
  targetId: string;
  event: BusEvent;
}

export interface Deliveries {
  /** Why no more events are taken, a sentence; undefined as long as there is room. */
  readonly full: string | undefined;
  /** Begins to deliver an event of a flow; `event` is its span. */
  begin(rule: Rule, target: RuleTarget, event: BusEvent, flowId: string, span: Span): void;
  /** Goes on with what was begun before the wiring. */
  resume(): void;
  /** Begins no more attempts. What comes is kept. */
  pause(): void;
  close(): void;
}

/** Delivers events at least once: again and again, up to the target's own limits, then to its dead-letter queue. */
export function createDeliveries(rules: readonly Rule[], context: Context): Deliveries {
  const find = ({ ruleArn, targetArn, targetId }: Delivery) => {
    const rule = rules.find(({ arn }) => arn === ruleArn);
    const target = rule?.targets.find(({ id, arn }) => id === targetId && arn === targetArn);
    return rule && target ? { rule, target } : undefined;
  };
  const nameOf = (delivery: Delivery) => {
    const found = find(delivery);
    return found
      ? { rule: found.rule.name, target: found.target.description }
      : { rule: delivery.ruleArn, target: delivery.targetArn };
  };

  const counterOf = countRules(context.metrics);
  const count = (delivery: Delivery, name: string, value?: number) => {
    const rule = find(delivery)?.rule;
    if (rule) counterOf(rule)(name, value);
  };

  /** What the target gets in the place of the event, for people. */
  const ownInput = (delivery: Delivery): { input?: string } => {
    const { rule, target } = find(delivery) ?? {};
    if (!rule || !target?.changesInput) return {};
    try {
      return { input: shownOf(inputOf(rule, target, delivery.event, context.clock.now())) };
    } catch {
      // The event has no such input, as the attempt says.
      return {};
    }
  };

  const work = createRetriedWork<Delivery>(context, {
    items: context.state.collection<WorkItem<Delivery>>('deliveries'),
    activity: (delivery) => ({ kind: 'delivery', ...nameOf(delivery), ...ownInput(delivery) }),
    describe(delivery) {
      const { rule, target } = nameOf(delivery);
      return `${delivery.event['detail-type']} ${delivery.event.id} by the rule ${rule} to ${target}`;
    },
    place(delivery) {
      const { rule, target } = nameOf(delivery);
      return `${delivery.event['detail-type']} by the rule ${rule} to ${target}`;
    },
    policy: (delivery) => find(delivery)?.target.retryPolicy ?? noRetries,
    async attempt({ data, flowId, since: receivedAt }) {
      const found = find(data);
      if (!found) throw new DeliveryError('NO_RESOURCE', 'The rule or its target is gone', { retry: false });
      const { rule, target } = found;
      await target.deliver(data.event, flowId, inputOf(rule, target, data.event, receivedAt));
      return {};
    },
    attempted({ data, failures, since }, hasFailed) {
      count(data, 'InvocationAttempts');
      if (failures > 0) count(data, 'RetryInvocationAttempts');
      if (hasFailed) return;
      count(data, 'SuccessfulInvocationAttempts');
      count(data, 'Invocations');
      count(data, 'IngestionToInvocationSuccessLatency', context.clock.now() - since);
    },
    retryOf: (error) => readError(error),
    giveUp({ data }, why) {
      const problem = messageOf(why.error);
      const { queue, told } = sendToDeadLetterQueue(data, find(data)?.target, why);
      // An invocation that fails counts once, when it has failed for good.
      count(data, 'Invocations');
      count(data, 'FailedInvocations');
      if (queue !== undefined) count(data, 'InvocationsSentToDlq');
      else if (find(data)?.target.deadLetters) count(data, 'InvocationsFailedToBeSentToDlq');
      const { rule, target } = nameOf(data);
      context.onFailure(
        `The event ${data.event.id} ("${data.event['detail-type']}") was not delivered by the rule ${rule} to ` +
          `${target}${tries(why)}: ${problem}${told}`,
      );
      return { error: problem, outcome: queue === undefined ? {} : { queue } };
    },
  });

  return {
    get full() {
      return work.full;
    },
    begin(rule, target, event, flowId, span) {
      work.begin({ ruleArn: rule.arn, targetArn: target.arn, targetId: target.id, event }, flowId, span);
    },
    resume: work.resume,
    pause: work.pause,
    close: work.close,
  };
}

/** What a target gets for an event. */
const inputOf = (rule: Rule, target: RuleTarget, event: BusEvent, receivedAt: number) =>
  target.input(event, { ruleName: rule.name, ruleArn: rule.arn, receivedAt });

const noRetries: RetryPolicy = { maxRetries: 0, maxAgeMs: 0, delayMs: () => 0 };

const tries = ({ attempts }: GivenUp) => (attempts > 1 ? ` in ${attempts} attempts` : '');

/** Sends an event that was given up to the dead-letter queue. `told` ends the sentence about the failure. */
function sendToDeadLetterQueue(
  { ruleArn, targetArn, event }: Delivery,
  target: RuleTarget | undefined,
  why: GivenUp,
): { queue?: string; told: string } {
  const queue = target?.deadLetters;
  if (!queue) return { told: '. It is lost: the target has no dead-letter queue' };
  try {
    const { code } = readError(why.error);
    const attributes = deadLetterAttributes({
      ruleArn,
      targetArn,
      code,
      message: messageOf(why.error),
      ...why,
    });
    queue.send(JSON.stringify(event), attributes);
    return { queue: queue.name, told: `. It is in the dead-letter queue ${queue.name}` };
  } catch (error) {
    return {
      told: `. It is lost: the dead-letter queue ${queue.name} did not take it either: ${messageOf(error)}`,
    };
  }
}

/** What AWS services call an error, and whether EventBridge tries again. Any other one may pass. */
const awsErrors: Readonly<Record<string, { code: DeliveryErrorCode; retry: boolean }>> = {
  ExecutionAlreadyExists: { code: 'RESOURCE_ALREADY_EXISTS', retry: false },
  InvalidExecutionInput: { code: 'INVALID_PARAMETER', retry: false },
  InvalidName: { code: 'INVALID_PARAMETER', retry: false },
  InvalidParameterValueException: { code: 'INVALID_PARAMETER', retry: false },
  InvalidRequestContentException: { code: 'INVALID_PARAMETER', retry: false },
  InvalidMessageContents: { code: 'INVALID_PARAMETER', retry: false },
  OverLimit: { code: 'RESOURCE_LIMIT_EXCEEDED', retry: true },
  ThrottlingException: { code: 'THROTTLING', retry: true },
};

function readError(error: unknown): { code: DeliveryErrorCode; retry: boolean; notBeforeMs?: number } {
  if (error instanceof DeliveryError) return error;
  if (error instanceof LostAnswerError) return { code: 'CONNECTION_FAILURE', retry: true };
  if (error instanceof AccessDeniedError) {
    const assumes = error.action === 'sts:AssumeRole';
    return { code: assumes ? 'FAILED_TO_ASSUME_ROLE' : 'NO_PERMISSIONS', retry: false };
  }
  const name = error instanceof AwsError ? (error.name.split('#').at(-1) ?? '') : '';
  const known = Object.hasOwn(awsErrors, name) ? awsErrors[name] : undefined;
  return known ?? { code: 'ERROR_FROM_TARGET', retry: true };
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
