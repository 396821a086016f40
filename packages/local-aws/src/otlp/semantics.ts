import { type Attributes, SpanKind } from '@opentelemetry/api';
import * as semantic from '@opentelemetry/semantic-conventions/incubating';
import type { Place } from '../plan/resource-types.ts';
import type { SubjectOf } from '../stories.ts';
import type { Activity, Outcome } from '../trace.ts';

/** What a span is called by OpenTelemetry's semantic conventions. */
export interface Semantics {
  name: string;
  kind: SpanKind;
  attributes: Attributes;
  /** What it is done by. A part without one is done by what the whole is done by. */
  service?: Service;
}

export interface Service {
  name: string;
  attributes?: Attributes;
}

/** What the description of a span takes from around it. */
export interface Surroundings {
  place: Place;
  subjectOf: SubjectOf;
  /** The activity that it is a part of, or is done for. */
  above: Activity | undefined;
}

/** EventBridge isn't among the names that OpenTelemetry gives. */
const eventBridge = 'aws.eventbridge';

/** Describes an activity by the semantic conventions for HTTP, messaging, FaaS, databases and clouds. */
export function semanticsOf(activity: Activity, outcome: Outcome, around: Surroundings): Semantics {
  switch (activity.kind) {
    case 'request': {
      const { method, path, route } = activity;
      return {
        // Without a route, the method alone: a path would make a name of its own for each order.
        name: route === undefined ? method : `${method} ${route}`,
        kind: SpanKind.SERVER,
        service: { name: 'HTTP API' },
        attributes: {
          [semantic.ATTR_HTTP_REQUEST_METHOD]: method,
          [semantic.ATTR_URL_PATH]: path,
          [semantic.ATTR_URL_SCHEME]: 'http',
          ...(route !== undefined && { [semantic.ATTR_HTTP_ROUTE]: route }),
          ...(outcome.status !== undefined && { [semantic.ATTR_HTTP_RESPONSE_STATUS_CODE]: outcome.status }),
        },
      };
    }
    case 'invocation':
      return ofInvocation(activity, around);
    case 'event': {
      const { bus, event } = activity;
      const subject = around.subjectOf(event);
      return {
        name: `send ${bus}`,
        kind: SpanKind.PRODUCER,
        service: { name: bus },
        attributes: {
          ...messaging(bus, semantic.MESSAGING_OPERATION_TYPE_VALUE_SEND, 'PutEvents'),
          [semantic.ATTR_MESSAGING_MESSAGE_ID]: event.id,
          ...(subject !== undefined && { [semantic.ATTR_MESSAGING_MESSAGE_CONVERSATION_ID]: subject }),
          [`${eventBridge}.detail_type`]: event['detail-type'],
          [`${eventBridge}.source`]: event.source,
        },
      };
    }
    case 'delivery': {
      const { rule, target } = activity;
      const bus = around.above?.kind === 'event' ? around.above.bus : '';
      return {
        name: `process ${rule}`,
        kind: SpanKind.CONSUMER,
        attributes: {
          ...messaging(bus, semantic.MESSAGING_OPERATION_TYPE_VALUE_PROCESS, 'deliver'),
          [semantic.ATTR_MESSAGING_DESTINATION_SUBSCRIPTION_NAME]: rule,
          [`${eventBridge}.target`]: target,
          ...deadLetterOf(outcome),
        },
      };
    }
    case 'attempt':
      return { name: `attempt ${activity.number}`, kind: SpanKind.INTERNAL, attributes: {} };
    case 'execution': {
      const { stateMachine, executionArn } = activity;
      const machineArn = executionArn?.replace(':execution:', ':stateMachine:').replace(/:[^:]*$/, '');
      return {
        name: stateMachine,
        kind: SpanKind.INTERNAL,
        service: { name: stateMachine },
        attributes:
          machineArn === undefined
            ? {}
            : { [semantic.ATTR_AWS_STEP_FUNCTIONS_STATE_MACHINE_ARN]: machineArn },
      };
    }
    case 'state':
      return { name: activity.name, kind: SpanKind.INTERNAL, attributes: {} };
    case 'write': {
      const { table, operation } = activity;
      return {
        name: `${operation} ${table}`,
        kind: SpanKind.CLIENT,
        attributes: {
          [semantic.ATTR_DB_SYSTEM_NAME]: semantic.DB_SYSTEM_NAME_VALUE_AWS_DYNAMODB,
          [semantic.ATTR_DB_OPERATION_NAME]: operation,
          [semantic.ATTR_DB_COLLECTION_NAME]: table,
          [semantic.ATTR_AWS_DYNAMODB_TABLE_NAMES]: table.split(', '),
        },
      };
    }
    case 'left work':
      return {
        name: 'left work',
        kind: SpanKind.INTERNAL,
        attributes: { 'local_run.left': [...activity.left], 'local_run.is_frozen': activity.isFrozen },
      };
    case 'fault':
      return {
        name: `fault ${activity.fault}`,
        kind: SpanKind.INTERNAL,
        attributes: { 'local_run.place': activity.place },
      };
  }
}

function ofInvocation(
  activity: Extract<Activity, { kind: 'invocation' }>,
  { place: { region, account }, above }: Surroundings,
): Semantics {
  const { function: name, requestId } = activity;
  const arn = `arn:aws:lambda:${region}:${account}:function:${name}`;
  const triggers: Partial<Record<Activity['kind'], string>> = {
    request: semantic.FAAS_TRIGGER_VALUE_HTTP,
    attempt: semantic.FAAS_TRIGGER_VALUE_PUBSUB,
  };
  const trigger = (above && triggers[above.kind]) ?? semantic.FAAS_TRIGGER_VALUE_OTHER;
  return {
    name,
    kind: trigger === semantic.FAAS_TRIGGER_VALUE_PUBSUB ? SpanKind.CONSUMER : SpanKind.SERVER,
    service: {
      name,
      attributes: {
        [semantic.ATTR_FAAS_NAME]: name,
        [semantic.ATTR_CLOUD_PLATFORM]: semantic.CLOUD_PLATFORM_VALUE_AWS_LAMBDA,
        [semantic.ATTR_CLOUD_RESOURCE_ID]: arn,
      },
    },
    attributes: {
      [semantic.ATTR_FAAS_TRIGGER]: trigger,
      [semantic.ATTR_AWS_LAMBDA_INVOKED_ARN]: arn,
      ...(requestId !== undefined && { [semantic.ATTR_FAAS_INVOCATION_ID]: requestId }),
    },
  };
}

const messaging = (bus: string, type: string, operation: string): Attributes => ({
  [semantic.ATTR_MESSAGING_SYSTEM_NAME]: eventBridge,
  [semantic.ATTR_MESSAGING_DESTINATION_NAME]: bus,
  [semantic.ATTR_MESSAGING_OPERATION_TYPE]: type,
  [semantic.ATTR_MESSAGING_OPERATION_NAME]: operation,
});

const deadLetterOf = ({ queue }: Outcome): Attributes =>
  queue === undefined ? {} : { [`${eventBridge}.dead_letter_queue`]: queue };

/** What everything of a system has in common. */
export const commonAttributes = (stack: string, { region, account }: Place): Attributes => ({
  [semantic.ATTR_SERVICE_NAMESPACE]: stack,
  [semantic.ATTR_DEPLOYMENT_ENVIRONMENT_NAME]: 'local',
  [semantic.ATTR_CLOUD_PROVIDER]: semantic.CLOUD_PROVIDER_VALUE_AWS,
  [semantic.ATTR_CLOUD_REGION]: region,
  [semantic.ATTR_CLOUD_ACCOUNT_ID]: account,
});
