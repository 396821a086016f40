import { CloudwatchEventRule } from '@cdktf/provider-aws/lib/cloudwatch-event-rule/index.js';
import { CloudwatchEventTarget } from '@cdktf/provider-aws/lib/cloudwatch-event-target/index.js';
import type { EventPattern } from '@orders/events';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { type Alarm, type Metric, metricsOf } from './monitoring.ts';
import { Queue } from './queue.ts';

/** What a target needs of the rule's side of the delivery. */
export interface RuleTarget {
  arn: string;
  /** The role that EventBridge assumes to deliver, for the targets that have no resource policy. */
  roleArn?: string;
  /** What must be there before the first event is delivered. */
  dependsOn: readonly ITerraformDependable[];
}

/**
 * Makes everything that a delivery needs on the target's side (a permission or a role), inside the rule's
 * scope, and says what the rule needs to know of it.
 */
export type BindTarget = (rule: Rule) => RuleTarget;

/** The most that EventBridge does. A partner that is down for a night gets its orders in the morning. */
const retryPolicy = { maximumEventAgeInSeconds: 24 * 60 * 60, maximumRetryAttempts: 185 };

/** A rule: events that match its pattern go to its target, or to a dead-letter queue of its own. */
export class Rule extends Construct {
  readonly name: string;
  readonly arn: string;
  /** Where the events are that the target didn't take. */
  readonly deadLetters: Queue;
  readonly #rule: CloudwatchEventRule;
  readonly #busName: string;

  constructor(
    scope: Construct,
    name: string,
    { busName, pattern }: { busName: string; pattern: EventPattern },
  ) {
    super(scope, name);
    this.name = name;
    this.#busName = busName;
    this.#rule = new CloudwatchEventRule(this, 'rule', {
      name,
      eventBusName: busName,
      eventPattern: JSON.stringify(pattern),
    });
    this.arn = this.#rule.arn;
    this.deadLetters = new Queue(this, 'dead-letters', { name: `${name}-dead-letters` });
    this.node.addValidation({
      validate: () =>
        this.node.tryFindChild('target')
          ? []
          : [`The rule ${name} delivers nothing: give it a target, by .to(…)`],
    });
  }

  /** Delivers the rule's events to a target of `targets.ts`, the rule's only one. */
  to(bind: BindTarget): void {
    const { arn, roleArn, dependsOn } = bind(this);
    new CloudwatchEventTarget(this, 'target', {
      rule: this.#rule.name,
      eventBusName: this.#busName,
      arn,
      ...(roleArn && { roleArn }),
      retryPolicy,
      deadLetterConfig: { arn: this.deadLetters.arn },
      dependsOn: [...dependsOn, this.deadLetters.grantSendMessages(this)],
    });
  }

  /** A metric of this rule, counted. */
  metric(name: string): Metric {
    return metricsOf('AWS/Events', { EventBusName: this.#busName, RuleName: this.#rule.name })(name);
  }

  /** What has to wake somebody. */
  get alarms(): Alarm[] {
    const { name } = this;
    return [
      ...this.deadLetters.alarms({
        name: `${name}-dead-letters`,
        meaning: `Events that the rule ${name} could not deliver wait in its dead-letter queue.`,
        runbook: 'dead-letters',
      }),
      {
        // Long before the retries are over. Not by the minute: after a while, an event is tried every ten.
        name: `${name}-retries`,
        metric: this.metric('RetryInvocationAttempts'),
        above: 3,
        periodMinutes: 15,
        meaning: `In 15 minutes, the rule ${name} had to try deliveries again more than three times.`,
        runbook: 'retries',
      },
      {
        name: `${name}-lost-events`,
        metric: this.metric('InvocationsFailedToBeSentToDlq'),
        meaning: `Events that the rule ${name} could not deliver did not get into its dead-letter queue either.`,
        runbook: 'lost-events',
      },
    ];
  }
}
