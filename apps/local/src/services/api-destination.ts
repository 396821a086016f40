import type { Iam } from '../iam.ts';
import { isObject } from '../json.ts';
import { type Plan, type Resource, text } from '../plan/read-plan.ts';
import { UnsupportedError } from '../plan/unsupported-error.ts';
import type { BindTarget } from './event-bus/event-bus.ts';

/** EventBridge gives an API destination five seconds to answer. */
const timeoutMs = 5_000;

/** Delivers events to API destinations: an HTTP request with the connection's key, its body the event. */
export function apiDestinationTarget(plan: Plan, iam: Iam): BindTarget {
  const connections = new Map(
    plan
      .resources('aws_cloudwatch_event_connection')
      .map((connection) => [text(connection, 'arn'), apiKeyOf(connection)]),
  );
  const destinations = plan.resources('aws_cloudwatch_event_api_destination').map((destination) => {
    const apiKey = connections.get(text(destination, 'connection_arn'));
    if (!apiKey) throw new UnsupportedError(`${destination.address}: its connection isn't in the stack`);
    return {
      arn: text(destination, 'arn'),
      name: text(destination, 'name'),
      method: text(destination, 'http_method'),
      endpoint: text(destination, 'invocation_endpoint'),
      apiKey,
    };
  });

  return (arn, { roleArn }) => {
    const destination = destinations.find((candidate) => candidate.arn === arn);
    if (!destination) return undefined;
    if (roleArn === undefined) {
      throw new UnsupportedError(
        `the target ${arn} needs a role_arn: EventBridge calls API destinations in a role`,
      );
    }
    const { name, method, endpoint, apiKey } = destination;
    return {
      description: `API destination ${name}`,
      async deliver(event) {
        iam.authorizeAssume('events.amazonaws.com', roleArn);
        iam.authorizeRole(roleArn, 'events:InvokeApiDestination', arn);
        const request = fetch(endpoint, {
          method,
          headers: {
            'content-type': 'application/json; charset=utf-8',
            'user-agent': 'Amazon/EventBridge/ApiDestinations',
            [apiKey.header]: apiKey.value,
          },
          body: JSON.stringify(event),
          redirect: 'manual',
          signal: AbortSignal.timeout(timeoutMs),
        });
        const response = await request.catch((error: Error) => {
          // fetch says no more than "fetch failed"; its cause says why.
          throw new Error(`${method} ${endpoint} got no answer: ${error.cause ?? error}`, { cause: error });
        });
        const answer = await response.text();
        if (response.ok) return;
        throw new Error(`${method} ${endpoint} answered ${response.status}: ${answer.trim().slice(0, 200)}`);
      },
    };
  };
}

function apiKeyOf(connection: Resource): { header: string; value: string } {
  const { authorization_type: type, auth_parameters: parameters } = connection.attributes;
  if (type === 'API_KEY' && isObject(parameters) && Object.keys(parameters).join() === 'api_key') {
    const { api_key: apiKey } = parameters;
    if (isObject(apiKey) && typeof apiKey.key === 'string' && typeof apiKey.value === 'string') {
      return { header: apiKey.key, value: apiKey.value };
    }
  }
  throw new UnsupportedError(
    `${connection.address}: the local run knows the authorization API_KEY, received ${type}`,
  );
}
