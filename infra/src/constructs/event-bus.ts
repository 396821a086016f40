import { CloudwatchEventBus } from '@cdktf/provider-aws/lib/cloudwatch-event-bus/index.js';
import { CloudwatchEventRule } from '@cdktf/provider-aws/lib/cloudwatch-event-rule/index.js';
import { CloudwatchEventTarget } from '@cdktf/provider-aws/lib/cloudwatch-event-target/index.js';
import type { EventPattern } from '@orders/events';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { checkPattern } from '../contract/check-pattern.ts';
import type { Allow } from './policy.ts';

/** An EventBridge bus, and its rules. */
export class EventBus extends Construct {
  readonly name: string;
  readonly #arn: string;

  constructor(scope: Construct, id: string, { name }: { name: string }) {
    super(scope, id);
    const bus = new CloudwatchEventBus(this, 'bus', { name });
    this.name = bus.name;
    this.#arn = bus.arn;
  }

  /** The permission to publish to this bus. */
  allowPutEvents(): Allow {
    return { actions: ['events:PutEvents'], resources: [this.#arn] };
  }

  /**
   * A rule of this bus. It delivers nothing before it has a target: `bus.rule(…).to(…)`.
   *
   * @throws an Error that says why, for a pattern that the events of the contract can't match
   */
  rule(name: string, pattern: EventPattern): Rule {
    return new Rule(this, name, { busName: this.name, pattern });
  }
}

/** What a target needs of the rule's side of the delivery. */
export interface RuleTarget {
  arn: string;
  /** The role that EventBridge assumes to deliver, for the targets that have no resource policy. */
  roleArn?: string;
  /** What must be there before the first event is delivered. */
  dependsOn?: ITerraformDependable[];
}

/**
 * Makes everything that a delivery needs on the target's side (a permission or a role), inside the rule's
 * scope, and says what the rule needs to know of it.
 */
export type BindTarget = (rule: Rule) => RuleTarget;

/** A rule: events that match its pattern go to its target. */
export class Rule extends Construct {
  readonly arn: string;
  readonly #rule: CloudwatchEventRule;
  readonly #busName: string;

  constructor(
    scope: Construct,
    name: string,
    { busName, pattern }: { busName: string; pattern: EventPattern },
  ) {
    super(scope, name);
    // On AWS a rule with a wrong pattern is made, and says nothing ever after.
    checkPattern(name, pattern);
    this.#busName = busName;
    this.#rule = new CloudwatchEventRule(this, 'rule', {
      name,
      eventBusName: busName,
      eventPattern: JSON.stringify(pattern),
    });
    this.arn = this.#rule.arn;
  }

  /** Delivers the rule's events to a target of `targets.ts`, the rule's only one. */
  to(bind: BindTarget): void {
    const { arn, roleArn, dependsOn } = bind(this);
    new CloudwatchEventTarget(this, 'target', {
      rule: this.#rule.name,
      eventBusName: this.#busName,
      arn,
      ...(roleArn && { roleArn }),
      ...(dependsOn && { dependsOn }),
    });
  }
}
