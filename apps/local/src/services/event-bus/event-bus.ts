import { randomUUID } from 'node:crypto';
import { compilePattern, InvalidEventPatternError, parsePattern } from '@orders/event-pattern';
import { isObject, type JsonObject } from '../../json.ts';
import { block, type Plan, type Resource, text } from '../../plan/read-plan.ts';
import { UnsupportedError } from '../../plan/unsupported-error.ts';
import type { Delivery, Trace } from '../../trace.ts';
import type { MessageAttributes } from '../queue/message-attributes.ts';
import { deadLetterAttributes, type FailedDelivery } from './dead-letter.ts';
import { checkEntry, type EntryFailure, parseEntries } from './put-events.ts';

/** An event as EventBridge delivers it. */
export interface BusEvent {
  version: string;
  id: string;
  'detail-type': string;
  source: string;
  account: string;
  time: string;
  region: string;
  resources: string[];
  detail: JsonObject;
}

export interface PutEventsResult {
  FailedEntryCount: number;
  Entries: ({ EventId: string } | EntryFailure)[];
}

/** Where a rule's events go: delivers one event, of a flow, or throws. */
export interface Target {
  /** The kind and the name, `function orders-persister`. */
  description: string;
  deliver(event: BusEvent, flowId: string): Promise<void>;
}

/** What makes the target that an ARN names, for a rule; undefined when the ARN isn't its kind. */
export type BindTarget = (
  arn: string,
  rule: { arn: string; roleArn: string | undefined },
) => Target | undefined;

/** A queue as EventBridge sees it for one rule. */
export interface RuleQueue {
  name: string;
  /**
   * @throws {AccessDeniedError} unless the queue's policy lets EventBridge send for the rule
   * @throws {AwsError} for a message that SQS doesn't take
   */
  send(body: string, attributes?: MessageAttributes): void;
}

/** Finds the queue with an ARN, for the rule with an ARN; undefined when there is no such queue. */
export type FindRuleQueue = (queueArn: string, ruleArn: string) => RuleQueue | undefined;

export interface EventBuses {
  /**
   * Puts entries on their buses; the deliveries go on after it returns.
   *
   * @param entries what the caller sent as `Entries`
   * @param authorize called with the ARN of each bus; throws when the caller may not publish to it
   * @param flowId the flow that the entries belong to; without one, each entry begins its own
   * @throws {AwsError} when the request is refused as a whole
   */
  putEvents(entries: unknown, authorize: (busArn: string) => void, flowId?: string): PutEventsResult;
}

interface Bus {
  name: string;
  arn: string;
  rules: Rule[];
}

interface Rule {
  name: string;
  arn: string;
  matches: (event: JsonObject) => boolean;
  targets: BoundTarget[];
}

interface BoundTarget extends Target {
  arn: string;
  /** Where an event goes that the target doesn't take. */
  deadLetters: RuleQueue | undefined;
}

export interface EventBusOptions {
  trace: Trace;
  targets: readonly BindTarget[];
  /** Finds the dead-letter queue of a target. */
  findQueue: FindRuleQueue;
  /** Told of a delivery that failed. */
  onFailure: (message: string) => void;
}

/** The event buses of the stack, with their rules compiled and their targets bound. */
export function createEventBuses(plan: Plan, options: EventBusOptions): EventBuses {
  const { trace, onFailure } = options;
  refuseStrays(plan);
  const buses = plan.resources('aws_cloudwatch_event_bus').map((bus): Bus => {
    const name = text(bus, 'name');
    const rules = plan
      .resources('aws_cloudwatch_event_rule')
      .filter((rule) => text(rule, 'event_bus_name') === name)
      .map((rule) => createRule(plan, rule, options));
    return { name, arn: text(bus, 'arn'), rules };
  });

  const deliver = async (
    rule: Rule,
    target: BoundTarget,
    event: BusEvent,
    flowId: string,
    delivery: Delivery,
  ) => {
    try {
      await target.deliver(event, flowId);
      delivery.status = 'delivered';
    } catch (error) {
      const failed = { ruleArn: rule.arn, targetArn: target.arn, error };
      delivery.status = 'failed';
      delivery.error = messageOf(error);
      onFailure(
        `The event ${event.id} ("${event['detail-type']}") was not delivered by the rule ${rule.name} ` +
          `to ${target.description}: ${delivery.error}${sendToDeadLetterQueue(event, target.deadLetters, failed, delivery)}`,
      );
    }
  };

  const publish = (bus: Bus, event: BusEvent, flowId: string) => {
    const step = trace.add(flowId, {
      kind: 'event' as const,
      id: event.id,
      detailType: event['detail-type'],
      source: event.source,
      bus: bus.name,
      deliveries: [] as Delivery[],
    });
    for (const rule of bus.rules) {
      if (!rule.matches(event as unknown as JsonObject)) continue;
      for (const target of rule.targets) {
        const delivery: Delivery = { rule: rule.name, target: target.description, status: 'in flight' };
        step.deliveries.push(delivery);
        void trace.during(flowId, () => deliver(rule, target, event, flowId, delivery));
      }
    }
    // Once its deliveries are under way: whoever is told of the order here waits for them.
    const orderId = orderIdOf(event.detail);
    if (orderId !== undefined) trace.link(flowId, orderId);
  };

  return {
    putEvents(received, authorize, flowId) {
      const entries = parseEntries(received);
      const checked = entries.map((entry) => {
        const result = checkEntry(entry);
        if ('ErrorCode' in result) return result;
        const bus = buses.find(({ name, arn }) => name === result.busName || arn === result.busName);
        if (bus) return { ...result, bus };
        return {
          ErrorCode: 'ResourceNotFoundException',
          ErrorMessage: `Event bus ${result.busName} does not exist.`,
        };
      });
      // Before anything is published: a request that isn't allowed to publish to one bus publishes nothing.
      for (const entry of checked) if ('bus' in entry) authorize(entry.bus.arn);

      const results = checked.map((entry, index) => {
        if (!('bus' in entry)) return entry;
        const event: BusEvent = {
          version: '0',
          id: randomUUID(),
          'detail-type': entry.detailType,
          source: entry.source,
          account: plan.place.account,
          time: `${entry.time.toISOString().slice(0, 19)}Z`,
          region: plan.place.region,
          resources: entry.resources,
          detail: entry.detail,
        };
        publish(entry.bus, event, flowId ?? trace.flowOf(entries[index]?.TraceHeader) ?? trace.newFlow());
        return { EventId: event.id };
      });
      return { FailedEntryCount: results.filter((result) => 'ErrorCode' in result).length, Entries: results };
    },
  };
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** Sends an event that wasn't delivered to the dead-letter queue, and says what became of it there. */
function sendToDeadLetterQueue(
  event: BusEvent,
  queue: RuleQueue | undefined,
  failed: FailedDelivery,
  delivery: Delivery,
): string {
  if (!queue) return '';
  try {
    queue.send(JSON.stringify(event), deadLetterAttributes(failed));
    delivery.deadLetterQueue = queue.name;
    return `. It is in the dead-letter queue ${queue.name}`;
  } catch (error) {
    return `. It is lost: the dead-letter queue ${queue.name} did not take it either: ${messageOf(error)}`;
  }
}

function createRule(plan: Plan, rule: Resource, options: EventBusOptions): Rule {
  const [name, arn] = [text(rule, 'name'), text(rule, 'arn')];
  const targets = plan
    .resources('aws_cloudwatch_event_target')
    .filter(
      (target) =>
        text(target, 'rule') === name && text(target, 'event_bus_name') === text(rule, 'event_bus_name'),
    )
    .map((target) => createTarget(target, arn, options));
  try {
    const pattern = parsePattern(text(rule, 'event_pattern'));
    return { name, arn, matches: compilePattern(pattern), targets };
  } catch (cause) {
    if (!(cause instanceof InvalidEventPatternError)) throw cause;
    throw new UnsupportedError(`${rule.address}: ${cause.message}`, { cause });
  }
}

function createTarget(target: Resource, ruleArn: string, options: EventBusOptions): BoundTarget {
  const arn = text(target, 'arn');
  const roleArn = target.attributes.role_arn === undefined ? undefined : text(target, 'role_arn');
  for (const bind of options.targets) {
    const bound = bind(arn, { arn: ruleArn, roleArn });
    if (bound) return { ...bound, arn, deadLetters: deadLettersOf(target, ruleArn, options) };
  }
  throw new UnsupportedError(`${target.address}: the local run doesn't know the target ${arn}`);
}

function deadLettersOf(
  target: Resource,
  ruleArn: string,
  { findQueue }: EventBusOptions,
): RuleQueue | undefined {
  const { arn } = block(target, 'dead_letter_config', ['arn']);
  if (arn === undefined) return undefined;
  const queue = findQueue(String(arn), ruleArn);
  if (queue) return queue;
  throw new UnsupportedError(`${target.address}: its dead-letter queue ${arn} isn't in the stack`);
}

/** A rule of a bus that isn't in the stack, or a target of such a rule, would silently deliver nothing. */
function refuseStrays(plan: Plan): void {
  const buses = plan.resources('aws_cloudwatch_event_bus').map((bus) => text(bus, 'name'));
  const rules = plan.resources('aws_cloudwatch_event_rule');
  for (const rule of rules) {
    const bus = text(rule, 'event_bus_name');
    if (buses.includes(bus)) continue;
    throw new UnsupportedError(`${rule.address}: the stack has no bus ${bus}, only ${buses.join(', ')}`);
  }
  const ruleIds = rules.map((rule) => `${text(rule, 'event_bus_name')}/${text(rule, 'name')}`);
  for (const target of plan.resources('aws_cloudwatch_event_target')) {
    const id = `${text(target, 'event_bus_name')}/${text(target, 'rule')}`;
    if (!ruleIds.includes(id)) throw new UnsupportedError(`${target.address}: the stack has no rule ${id}`);
  }
}

/** The order that an event is about: every order event has its id, under one of these names. */
function orderIdOf({ orderId, OrderId, OrderDetails }: JsonObject): string | undefined {
  const inside = isObject(OrderDetails) ? OrderDetails.orderId : undefined;
  return [orderId, OrderId, inside].find((id) => typeof id === 'string');
}
