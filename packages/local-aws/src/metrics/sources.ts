import type { JsonObject } from '../json.ts';
import { defaultBus } from '../plan/resource-types.ts';
import type { Dimensions } from './metric-store.ts';

/** What a service of AWS counts here. */
interface Source {
  /** The type of the resources that it counts for. */
  type: string;
  dimensions: (attributes: JsonObject) => Record<string, unknown>;
  names: readonly string[];
  /** What it counts for the whole account as well, without dimensions. */
  ofAccount?: readonly string[];
}

/** The metrics of AWS's own services that the local run counts. */
export const sources: Readonly<Record<string, Source>> = {
  'AWS/ApiGateway': {
    type: 'aws_apigatewayv2_stage',
    dimensions: ({ api_id, name }) => ({ ApiId: api_id, Stage: name }),
    names: ['Count', '4xx', '5xx', 'Latency'],
  },
  'AWS/Events': {
    type: 'aws_cloudwatch_event_rule',
    dimensions: ({ event_bus_name: bus = defaultBus, name }) => ({
      ...(bus !== defaultBus && { EventBusName: bus }),
      RuleName: name,
    }),
    names: [
      'MatchedEvents',
      'TriggeredRules',
      'Invocations',
      'FailedInvocations',
      'InvocationAttempts',
      'SuccessfulInvocationAttempts',
      'RetryInvocationAttempts',
      'InvocationsSentToDlq',
      'InvocationsFailedToBeSentToDlq',
      'IngestionToInvocationSuccessLatency',
    ],
  },
  'AWS/Lambda': {
    type: 'aws_lambda_function',
    dimensions: ({ function_name }) => ({ FunctionName: function_name }),
    names: [
      'Invocations',
      'Errors',
      'Throttles',
      'Duration',
      'ConcurrentExecutions',
      'DestinationDeliveryFailures',
    ],
    ofAccount: ['ConcurrentExecutions'],
  },
  'AWS/SQS': {
    type: 'aws_sqs_queue',
    dimensions: ({ name }) => ({ QueueName: name }),
    names: ['ApproximateNumberOfMessagesVisible', 'ApproximateAgeOfOldestMessage'],
  },
  'AWS/States': {
    type: 'aws_sfn_state_machine',
    dimensions: ({ arn }) => ({ StateMachineArn: arn }),
    names: [
      'ExecutionsStarted',
      'ExecutionsSucceeded',
      'ExecutionsFailed',
      'ExecutionsAborted',
      'ExecutionsTimedOut',
      'ExecutionTime',
    ],
  },
};

/** The dimensions of the metrics of one resource, from its arguments. */
export const dimensionsOf = (namespace: keyof typeof sources, attributes: JsonObject): Dimensions =>
  Object.fromEntries(
    Object.entries(sources[namespace]?.dimensions(attributes) ?? {}).map(([name, value]) => [
      name,
      String(value),
    ]),
  );
