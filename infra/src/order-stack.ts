import { AwsProvider } from '@cdktf/provider-aws/lib/provider/index.js';
import { readContract } from '@orders/contract';
import { type Comparison, everyOrderEvent, pattern } from '@orders/events';
import { Aspects, TerraformOutput, TerraformStack, TerraformVariable } from 'cdktf';
import type { Construct } from 'constructs';
import { AlarmTopic } from './constructs/alarm-topic.ts';
import { ApiDestination } from './constructs/api-destination.ts';
import { CheckedPatterns } from './constructs/checked-patterns.ts';
import { DestroyProtection } from './constructs/destroy-protection.ts';
import { EventBus } from './constructs/event-bus.ts';
import { HttpApi } from './constructs/http-api.ts';
import { LogRetention } from './constructs/log-retention.ts';
import { Monitoring } from './constructs/monitoring.ts';
import { NodeFunction } from './constructs/node-function.ts';
import { SchemaRegistry } from './constructs/schema-registry.ts';
import { Table } from './constructs/table.ts';
import { toApiDestination, toFunction, toLogGroup, toQueue, toStateMachine } from './constructs/targets.ts';
import { ValidatedVariable } from './constructs/validated-variable.ts';
import { WatchedQueue } from './constructs/watched-queue.ts';
import { watchOrders } from './order-watch.ts';
import { orderWorkflow } from './order-workflow.ts';
import type { Stage } from './stages.ts';
import { lockVersions } from './terraform-versions.ts';

/** The prefix of the locations that each fulfilment serves. */
const locations = { us: 'us-', eu: 'eu-west' };

/** Matches the orders that are placed for a location. */
const placedFor = (location: Comparison<string>) => pattern('Order Placed', { location: [location] });

/** The order fulfilment system: reads, top to bottom, as the picture in the README. */
export class OrderStack extends TerraformStack {
  constructor(scope: Construct, stage: Stage) {
    // Terraform finds the state of a stage by the name of the stack, so each stage has a name of its own.
    super(scope, `orders-${stage.name}`);
    /** A name that an account has only once. */
    const named = (name: string) => `${stage.prefix}${name}`;

    const region = new ValidatedVariable(this, 'aws_region', {
      default: 'eu-west-1',
      description: 'The AWS region to deploy to.',
      pattern: '^[a-z]{2}(-[a-z]+)+-[0-9]+$',
      allowed: "a region's name, such as eu-west-1",
    });
    const partnerEndpoint = new ValidatedVariable(this, 'us_partner_endpoint', {
      description: "The https:// address of the US fulfilment partner's API; every US order is posted to it.",
      pattern: '^https://[^/@\\s]+(/\\S*)?$',
      allowed: 'an address that begins with https:// and a host, with no name or password, and no spaces',
    });
    // Not a `ValidatedVariable`: Terraform shows a value that it refuses, even a sensitive one.
    const partnerApiKey = new TerraformVariable(this, 'us_partner_api_key', {
      type: 'string',
      sensitive: true,
      description: "The key to the US fulfilment partner's API, sent as the header x-api-key.",
    });
    lockVersions(this);
    new AwsProvider(this, 'aws', {
      region: region.stringValue,
      defaultTags: [{ tags: { system: 'orders', stage: stage.name } }],
    });
    Aspects.of(this).add(new LogRetention(stage.logRetentionDays));
    if (stage.deletionProtection) Aspects.of(this).add(new DestroyProtection());
    this.node.addValidation(new CheckedPatterns(this));

    const bus = new EventBus(this, 'bus', {
      name: 'Orders',
      prefix: stage.prefix,
      archiveDays: stage.archiveDays,
    });
    new SchemaRegistry(this, 'schemas', { name: bus.name, events: readContract() });
    const table = new Table(this, 'table', {
      name: named('OrderDetails'),
      partitionKey: 'orderId',
      deletionProtection: stage.deletionProtection,
    });

    const statuses = new Table(this, 'statuses', {
      name: named('OrderStatus'),
      partitionKey: 'orderId',
      deletionProtection: stage.deletionProtection,
    });

    const producer = new NodeFunction(this, 'producer', {
      name: named('orders-producer'),
      environment: { BUS_NAME: bus.name },
      allow: [bus.allowPutEvents()],
    });
    // The code of two functions.
    const tracking = {
      app: 'tracker',
      environment: {
        TABLE_NAME: statuses.name,
        DISPATCHED_LOCATION: locations.eu,
        DISPATCHED_WITHIN_MINUTES: String(stage.lateAfterMinutes),
      },
    };
    const status = new NodeFunction(this, 'status', {
      ...tracking,
      handler: 'answer',
      name: named('orders-status'),
      allow: [statuses.allow('dynamodb:GetItem')],
    });
    const api = new HttpApi(this, 'api', {
      name: named('orders'),
      stage: stage.name,
      handler: producer,
      jwt: stage.access === 'jwt' ? this.#tokens() : undefined,
      routes: { 'GET /orders/{orderId}': status },
      throttle: stage.throttle,
      corsOrigins: stage.corsOrigins,
    });

    const persister = new NodeFunction(this, 'persister', {
      name: named('orders-persister'),
      environment: { BUS_NAME: bus.name, TABLE_NAME: table.name },
      allow: [table.allow('dynamodb:PutItem', 'dynamodb:GetItem'), bus.allowPutEvents()],
    });
    const tracker = new NodeFunction(this, 'tracker', {
      ...tracking,
      name: named('orders-tracker'),
      allow: [statuses.allow('dynamodb:UpdateItem')],
    });
    const workflow = orderWorkflow(this, 'workflow', { name: named('EUOrderFulfilment'), bus });
    const usPartner = new ApiDestination(this, 'us-partner', {
      name: named('us-fulfilment-partner'),
      endpoint: partnerEndpoint.stringValue,
      apiKey: partnerApiKey.stringValue,
      ratePerSecond: 20,
    });
    const unrouted = new WatchedQueue(this, 'unrouted', {
      name: named('UnroutedOrders'),
      meaning: 'Orders whose location no fulfilment takes wait in a queue.',
    });

    bus.rule('OrdertoCloudWatch', everyOrderEvent).to(toLogGroup(`/aws/events/${named('orders')}`));
    bus.rule('OrdertoTracker', everyOrderEvent).to(toFunction(tracker));
    const toPartner = bus.rule('USOrdertoAPI', placedFor({ prefix: locations.us }));
    toPartner.to(toApiDestination(usPartner));
    bus.rule('EUOrdertoStepFunctions', placedFor({ prefix: locations.eu })).to(toStateMachine(workflow));
    // Takes what the two rules above leave. Without it, an order from elsewhere would be logged and forgotten.
    const toUnrouted = bus.rule(
      'UnroutedOrders',
      placedFor({ 'anything-but': { prefix: Object.values(locations) } }),
    );
    toUnrouted.to(toQueue(unrouted));
    bus.rule('ProcessedOrderstoLambda', pattern('Order Processed')).to(toFunction(persister));

    new Monitoring(this, 'monitoring', {
      name: named('orders'),
      region: region.stringValue,
      topic: stage.alarmTarget === 'email' ? this.#alarmTopic(named('orders-alarms')) : undefined,
      watched: [
        watchOrders({
          name: named('orders'),
          producer,
          persister,
          tracker,
          handOvers: [toPartner, toUnrouted],
          busy: [toPartner],
          lateAfterMinutes: stage.lateAfterMinutes,
          idleAfterHours: stage.idleAfterHours,
        }),
        api,
        producer,
        bus,
        workflow,
        persister,
        tracker,
        status,
        unrouted,
      ],
    });

    new TerraformOutput(this, 'api_url', {
      value: api.url,
      description:
        'Where orders are placed, by GET <api_url>?location=…&category=…&value=… or POST <api_url>/orders, and followed, ' +
        'by GET <api_url>/orders/<orderId>.',
    });
  }

  /** Whose tokens let a client in. */
  #tokens() {
    const issuer = new ValidatedVariable(this, 'jwt_issuer', {
      description:
        'The https:// address of the issuer of tokens, to the letter as in their claim iss. It publishes its keys by OpenID.',
      pattern: '^https://[^/@?#\\s]+(/[^?#\\s]*)?$',
      allowed: 'an address that begins with https:// and a host, with no name, password, query or spaces',
    });
    const audience = new ValidatedVariable(this, 'jwt_audience', {
      description: 'The audience that a token has to be for, as in its claim aud (or client_id).',
      pattern: '^[!-~]{1,255}$',
      allowed: '1 to 255 visible ASCII characters',
    });
    return { issuer: issuer.stringValue, audience: audience.stringValue };
  }

  #alarmTopic(name: string): AlarmTopic {
    const email = new ValidatedVariable(this, 'alarm_email', {
      description: 'The mail address that gets every alarm. Amazon SNS asks it for a confirmation.',
      pattern: '^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$',
      allowed: 'one mail address, such as on-call@shop.example',
    });
    return new AlarmTopic(this, 'alarm-topic', { name, email: email.stringValue });
  }
}
