import type { Context, Service } from '../context.ts';
import { isObject } from '../json.ts';
import { type Plan, type Resource, text } from '../plan/read-plan.ts';
import { UnsupportedError } from '../plan/unsupported-error.ts';
import { DeliveryError } from '../target.ts';

/** EventBridge gives an API destination five seconds to answer. */
const timeoutMs = 5_000;
/** Invocations a second, unless the destination says otherwise. */
const defaultRate = 300;

/** The API destinations of the stack: a delivery is an HTTP request with the connection's key, its body the event. */
export function createApiDestinations(plan: Plan, { iam, clock }: Context): Service {
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
      rate: numberOr(destination.attributes.invocation_rate_limit_per_second, defaultRate),
      freeAt: 0,
    };
  });

  /** Waits until the destination's rate lets the next invocation through. */
  const turn = async (destination: (typeof destinations)[number]) => {
    const now = clock.now();
    const at = Math.max(now, destination.freeAt);
    destination.freeAt = at + 1_000 / destination.rate;
    if (at > now) await new Promise<void>((resolve) => void clock.after(at - now, resolve));
  };

  const target: Service['target'] = (arn, { ruleArn, roleArn }) => {
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
        iam.authorizeService('events.amazonaws.com', 'sts:AssumeRole', roleArn, ruleArn);
        iam.authorizeRole(roleArn, 'events:InvokeApiDestination', arn);
        await turn(destination);
        const patience = new AbortController();
        const cancel = clock.after(timeoutMs, () => patience.abort());
        try {
          const response = await fetch(endpoint, {
            method,
            headers: {
              'content-type': 'application/json; charset=utf-8',
              'user-agent': 'Amazon/EventBridge/ApiDestinations',
              [apiKey.header]: apiKey.value,
            },
            body: JSON.stringify(event),
            redirect: 'manual',
            signal: patience.signal,
          });
          const answer = await response.text();
          if (!response.ok) throw refused(`${method} ${endpoint}`, response, answer, clock.now());
        } catch (error) {
          if (error instanceof DeliveryError) throw error;
          throw unanswered(`${method} ${endpoint}`, error, patience.signal.aborted);
        } finally {
          cancel();
        }
      },
    };
  };
  return { target };
}

/** The answers other than 5xx after which EventBridge tries again (user guide, "API destination error codes"). */
const retriedStatuses: ReadonlySet<number> = new Set([401, 407, 409, 429]);

/** An answer that isn't a success. `Retry-After` is obeyed as far as it is longer than the policy's own pause. */
function refused(request: string, { status, headers }: Response, answer: string, now: number): DeliveryError {
  return new DeliveryError(
    'SDK_CLIENT_ERROR',
    `${request} answered ${status}: ${answer.trim().slice(0, 200)}`,
    {
      retry: status >= 500 || retriedStatuses.has(status),
      notBeforeMs: retryAfterMs(headers.get('retry-after'), now),
    },
  );
}

function unanswered(request: string, error: unknown, timedOut: boolean): DeliveryError {
  if (timedOut) {
    const message = `${request} gave no answer within ${timeoutMs / 1_000} seconds`;
    return new DeliveryError('TIMEOUT', message, { retry: true });
  }
  // fetch says no more than "fetch failed"; its cause says why.
  const why = (error as Error).cause ?? error;
  return new DeliveryError('CONNECTION_FAILURE', `${request} got no answer: ${why}`, {
    retry: true,
    cause: error,
  });
}

/** `Retry-After` is a number of seconds, or a date. */
function retryAfterMs(header: string | null, now: number): number {
  if (header === null) return 0;
  const ms = /^\d+$/.test(header.trim()) ? Number(header) * 1_000 : Date.parse(header) - now;
  return Number.isNaN(ms) ? 0 : Math.max(0, ms);
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

const numberOr = (value: unknown, otherwise: number) => (typeof value === 'number' ? value : otherwise);
