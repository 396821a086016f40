import { CloudwatchEventArchive } from '@cdktf/provider-aws/lib/cloudwatch-event-archive/index.js';
import { CloudwatchEventBus } from '@cdktf/provider-aws/lib/cloudwatch-event-bus/index.js';
import type { EventPattern } from '@orders/events';
import { Construct } from 'constructs';
import type { Metric, Watch, Watched } from './monitoring.ts';
import { type Allow, noteGrant } from './policy.ts';
import { Rule } from './rule.ts';

export interface EventBusProps {
  name: string;
  /** What the names begin with that an account has only once: those of the bus, and of what is made for its rules. */
  prefix?: string;
  /** How long an event can be replayed, in days. */
  archiveDays: number;
}

/** An EventBridge bus with its rules, and an archive of its events. */
export class EventBus extends Construct implements Watched {
  readonly name: string;
  readonly #arn: string;
  readonly #prefix: string;
  readonly #rules: Rule[] = [];

  constructor(scope: Construct, id: string, { name: ownName, prefix = '', archiveDays }: EventBusProps) {
    super(scope, id);
    const name = `${prefix}${ownName}`;
    this.#prefix = prefix;
    const bus = new CloudwatchEventBus(this, 'bus', { name });
    this.name = bus.name;
    this.#arn = bus.arn;
    noteGrant(bus, 'events:PutEvents', 'allowPutEvents()');
    new CloudwatchEventArchive(this, 'archive', {
      name,
      description: `Every event of the bus ${name}, to be replayed`,
      eventSourceArn: bus.arn,
      retentionDays: archiveDays,
    });
  }

  /** The permission to publish to this bus. */
  allowPutEvents(): Allow {
    return { actions: ['events:PutEvents'], resources: [this.#arn] };
  }

  /** Adds a rule. It delivers nothing until it has a target: `bus.rule(…).to(…)`. */
  rule(name: string, pattern: EventPattern): Rule {
    const rule = new Rule(this, name, { busName: this.name, prefix: this.#prefix, pattern });
    this.#rules.push(rule);
    return rule;
  }

  get watch(): Watch {
    const ofEachRule = (title: string, metric: (rule: Rule) => Metric) => ({
      title,
      metrics: this.#rules.map((rule) => ({ ...metric(rule), label: rule.name })),
    });
    return {
      title: 'The bus and its rules',
      graphs: [
        ofEachRule('Events matched', (rule) => rule.metric('MatchedEvents')),
        ofEachRule('Deliveries tried again', (rule) => rule.metric('RetryInvocationAttempts')),
        ofEachRule('Deliveries given up', (rule) => rule.metric('FailedInvocations')),
        ofEachRule('Dead letters', (rule) => rule.deadLetters.depth),
      ],
      alarms: this.#rules.flatMap((rule) => rule.alarms),
    };
  }
}
