import { CloudwatchEventRule } from '@cdktf/provider-aws/lib/cloudwatch-event-rule/index.js';
import { CloudwatchEventTarget } from '@cdktf/provider-aws/lib/cloudwatch-event-target/index.js';
import type { EventPattern } from '@orders/events';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { type Alarm, type Metric, metricsOf } from './monitoring.ts';
import { Queue } from './queue.ts';

/** What the rule has to know about its target. */
export interface RuleTarget {
  arn: string;
  /** The role that EventBridge delivers in, for targets without a resource policy. */
  roleArn?: string;
  /** What has to be there before the first delivery. */
  dependsOn: readonly ITerraformDependable[];
}

/**
 * Makes everything that the delivery needs at the target, such as a permission or a role, in the scope of the rule.
 */
export type BindTarget = (rule: Rule) => RuleTarget;

/** EventBridge's most: a partner that is down for a night gets its orders in the morning. */
const retryPolicy = { maximumEventAgeInSeconds: 24 * 60 * 60, maximumRetryAttempts: 185 };

/** A rule: events that match its pattern go to its target, or to a dead-letter queue of its own. */
export class Rule extends Construct {
  readonly name: string;
  /** The name for what an account has only once. */
  readonly uniqueName: string;
  readonly arn: string;
  /** The events that the target didn't take. */
  readonly deadLetters: Queue;
  readonly #rule: CloudwatchEventRule;
  readonly #busName: string;

  constructor(
    scope: Construct,
    name: string,
    { busName, prefix = '', pattern }: { busName: string; prefix?: string; pattern: EventPattern },
  ) {
    super(scope, name);
    this.name = name;
    this.uniqueName = `${prefix}${name}`;
    this.#busName = busName;
    this.#rule = new CloudwatchEventRule(this, 'rule', {
      name,
      eventBusName: busName,
      eventPattern: JSON.stringify(pattern),
    });
    this.arn = this.#rule.arn;
    this.deadLetters = new Queue(this, 'dead-letters', { name: `${this.uniqueName}-dead-letters` });
    this.node.addValidation({
      validate: () =>
        this.node.tryFindChild('target')
          ? []
          : [`The rule ${name} delivers nothing: give it a target, by .to(…)`],
    });
  }

  /** Delivers the events to a target of `targets.ts`. A rule has one. */
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

  /** A metric of this rule, a count. */
  metric(name: string): Metric {
    return metricsOf('AWS/Events', { EventBusName: this.#busName, RuleName: this.#rule.name })(name);
  }

  /** How long the slowest delivery took, from the bus to the target, in milliseconds. */
  get slowestDelivery(): Metric {
    return { ...this.metric('IngestionToInvocationSuccessLatency'), statistic: 'Maximum' };
  }

  /** The alarms on deliveries that fail. */
  get alarms(): Alarm[] {
    const { name, uniqueName } = this;
    return [
      ...this.deadLetters.alarms({
        name: `${uniqueName}-dead-letters`,
        meaning: `Events that the rule ${name} couldn't deliver wait in its dead-letter queue.`,
        runbook: 'dead-letters',
      }),
      {
        // Goes off long before the retries are over. Later retries are ten minutes apart, so a period is longer than that.
        name: `${uniqueName}-retries`,
        metric: this.metric('RetryInvocationAttempts'),
        above: 3,
        periodMinutes: 15,
        meaning: `In 15 minutes, the rule ${name} tried deliveries again more than three times.`,
        runbook: 'retries',
      },
      {
        name: `${uniqueName}-lost-events`,
        metric: this.metric('InvocationsFailedToBeSentToDlq'),
        meaning: `Events that the rule ${name} couldn't deliver didn't get into its dead-letter queue either.`,
        runbook: 'lost-events',
      },
    ];
  }
}
