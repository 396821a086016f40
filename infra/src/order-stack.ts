import { AwsProvider } from '@cdktf/provider-aws/lib/provider/index.js';
import { everyOrderEvent, pattern } from '@orders/events';
import { TerraformOutput, TerraformStack, TerraformVariable } from 'cdktf';
import type { Construct } from 'constructs';
import { ApiDestination } from './constructs/api-destination.ts';
import { EventBus } from './constructs/event-bus.ts';
import { HttpApi } from './constructs/http-api.ts';
import { NodeFunction } from './constructs/node-function.ts';
import { SchemaRegistry } from './constructs/schema-registry.ts';
import { Table } from './constructs/table.ts';
import { toApiDestination, toFunction, toLogGroup, toStateMachine } from './constructs/targets.ts';
import { readContract } from './contract/contract.ts';
import { orderWorkflow } from './order-workflow.ts';

export interface OrderStackProps {
  /** The stage of the API, the first part of its paths: `dev`. */
  stage: string;
}

/** The order fulfilment system: reads, top to bottom, as the picture in the README. */
export class OrderStack extends TerraformStack {
  constructor(scope: Construct, id: string, { stage }: OrderStackProps) {
    super(scope, id);

    const region = new TerraformVariable(this, 'aws_region', {
      type: 'string',
      default: 'eu-west-1',
      description: 'The AWS region to deploy to.',
    });
    const partnerEndpoint = new TerraformVariable(this, 'us_partner_endpoint', {
      type: 'string',
      description: "The https:// address of the US fulfilment partner's API; every US order is posted to it.",
    });
    const partnerApiKey = new TerraformVariable(this, 'us_partner_api_key', {
      type: 'string',
      sensitive: true,
      description: "The key to the US fulfilment partner's API, sent as the header x-api-key.",
    });
    new AwsProvider(this, 'aws', { region: region.stringValue });

    const bus = new EventBus(this, 'bus', { name: 'Orders' });
    new SchemaRegistry(this, 'schemas', { name: bus.name, events: readContract() });
    const table = new Table(this, 'table', { name: 'OrderDetails', partitionKey: 'orderId' });

    const producer = new NodeFunction(this, 'producer', {
      name: 'orders-producer',
      environment: { BUS_NAME: bus.name },
      allow: [bus.allowPutEvents()],
    });
    const api = new HttpApi(this, 'api', { name: 'orders', stage, handler: producer });

    const persister = new NodeFunction(this, 'persister', {
      name: 'orders-persister',
      environment: { BUS_NAME: bus.name, TABLE_NAME: table.name },
      allow: [table.allow('dynamodb:PutItem', 'dynamodb:GetItem'), bus.allowPutEvents()],
    });
    const workflow = orderWorkflow(this, 'workflow', { bus });
    const usPartner = new ApiDestination(this, 'us-partner', {
      name: 'us-fulfilment-partner',
      endpoint: partnerEndpoint.stringValue,
      apiKey: partnerApiKey.stringValue,
      ratePerSecond: 20,
    });

    bus.rule('OrdertoCloudWatch', everyOrderEvent).to(toLogGroup('/aws/events/orders'));
    bus
      .rule('USOrdertoAPI', pattern('Order Placed', { location: [{ prefix: 'us-' }] }))
      .to(toApiDestination(usPartner));
    bus
      .rule('EUOrdertoStepFunctions', pattern('Order Placed', { location: [{ prefix: 'eu-west' }] }))
      .to(toStateMachine(workflow));
    bus.rule('ProcessedOrderstoLambda', pattern('Order Processed')).to(toFunction(persister));

    new TerraformOutput(this, 'api_url', {
      value: api.url,
      description:
        'Where orders are placed: GET <api_url>?location=…&category=…&value=…, or POST <api_url>/orders.',
    });
  }
}
