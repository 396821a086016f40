import type { Context, Service } from '../../context.ts';
import { type JsonValue, mapValues } from '../../json.ts';
import { type Plan, text } from '../../plan/read-plan.ts';
import { UnsupportedError } from '../../plan/unsupported-error.ts';
import { type BusEvent, DeliveryError, type HttpParameters } from '../../target.ts';
import { type EventPath, parseEventPath } from '../event-bus/event-path.ts';
import { readConnection } from './connection.ts';
import { type PartnerAnswer, sendRequest } from './send-request.ts';

/** EventBridge gives an API destination five seconds to answer. */
const timeoutMs = 5_000;
/** Invocations a second, unless the destination says otherwise. */
const defaultRate = 300;

/** The API destinations of the stack: a delivery is an HTTP request with what the connection and the target add. */
export function createApiDestinations(plan: Plan, { iam, clock, faults }: Context): Service {
  const connections = new Map(
    plan
      .resources('aws_cloudwatch_event_connection')
      .map((connection) => [text(connection, 'arn'), readConnection(connection)]),
  );
  const destinations = plan.resources('aws_cloudwatch_event_api_destination').map((destination) => {
    const connection = connections.get(text(destination, 'connection_arn'));
    if (!connection) throw new UnsupportedError(`${destination.address}: its connection isn't in the stack`);
    return {
      arn: text(destination, 'arn'),
      name: text(destination, 'name'),
      method: text(destination, 'http_method'),
      endpoint: text(destination, 'invocation_endpoint'),
      connection,
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

  const target: Service['target'] = (arn, { ruleArn, roleArn, http }) => {
    const destination = destinations.find((candidate) => candidate.arn === arn);
    if (!destination) return undefined;
    if (roleArn === undefined) {
      throw new UnsupportedError(
        `the target ${arn} needs a role_arn: EventBridge calls API destinations in a role`,
      );
    }
    const { name, method, connection } = destination;
    const hasBody = !withoutBody.has(method);
    const parametersOf = readHttpParameters(destination.endpoint, http, `the target ${arn}`);
    const authorize = () => [
      iam.authorizeService('events.amazonaws.com', 'sts:AssumeRole', roleArn, ruleArn),
      iam.authorizeRole(roleArn, 'events:InvokeApiDestination', arn),
    ];
    return {
      description: `API destination ${name}`,
      authorize,
      async deliver(event, flowId, input) {
        authorize();
        const { endpoint, headers } = parametersOf(event, connection.query);
        await turn(destination);
        if (faults.inject('partner-down', flowId, `the API destination ${name}`) !== undefined) {
          const message = `${method} ${endpoint} answered 503: an injected fault`;
          throw new DeliveryError('SDK_CLIENT_ERROR', message, { retry: true });
        }
        const patience = new AbortController();
        const cancel = clock.after(timeoutMs, () => patience.abort());
        try {
          const answer = await sendRequest(endpoint, {
            method,
            // What both set, the connection sets.
            headers: { ...headers, ...connection.headers },
            ...(hasBody && { body: input }),
            signal: patience.signal,
          });
          const isSuccess = answer.status >= 200 && answer.status < 300;
          if (!isSuccess) throw refused(`${method} ${endpoint}`, answer, clock.now());
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

/**
 * An answer that isn't a success. `Retry-After` is obeyed as far as it is longer than the policy's own pause. A negative one
 * ends the retries.
 */
function refused(request: string, { status, headers, text }: PartnerAnswer, now: number): DeliveryError {
  const { 'retry-after': retryAfter = '' } = headers;
  const isFinal = /^\s*-\d/.test(retryAfter);
  return new DeliveryError(
    'SDK_CLIENT_ERROR',
    `${request} answered ${status}: ${text.trim().slice(0, 200)}`,
    {
      retry: !isFinal && (status >= 500 || retriedStatuses.has(status)),
      notBeforeMs: retryAfterMs(retryAfter, now),
    },
  );
}

function unanswered(request: string, error: unknown, timedOut: boolean): DeliveryError {
  if (timedOut) {
    const message = `${request} gave no answer within ${timeoutMs / 1_000} seconds`;
    return new DeliveryError('TIMEOUT', message, { retry: true });
  }
  return new DeliveryError('CONNECTION_FAILURE', `${request} got no answer: ${error}`, {
    retry: true,
    cause: error,
  });
}

/** `Retry-After` is a number of seconds, or a date. */
function retryAfterMs(header: string, now: number): number {
  const ms = /^\d+$/.test(header.trim()) ? Number(header) * 1_000 : Date.parse(header) - now;
  return Number.isNaN(ms) ? 0 : Math.max(0, ms);
}

/** Methods whose requests have no body. */
const withoutBody: ReadonlySet<string> = new Set(['GET', 'HEAD']);

/**
 * Reads what a rule's target adds to a request. Each `*` of the endpoint takes one of its path parameters.
 *
 * @returns the address and the headers for an event; `query` is what the connection adds, which goes before the target's
 * @throws {UnsupportedError} for an endpoint with more or fewer `*` than there are parameters
 */
function readHttpParameters(endpoint: string, http: HttpParameters | undefined, where: string) {
  const { path = [], headers = {}, query = {} } = http ?? {};
  const places = endpoint.split('*').length - 1;
  if (places !== path.length) {
    throw new UnsupportedError(
      `${where}: its endpoint ${endpoint} has ${places} of "*", and http_target has ${path.length} path_parameter_values`,
    );
  }
  const read = (value: string): ((event: BusEvent) => string) => {
    if (!value.startsWith('$.')) return () => value;
    const at: EventPath = parseEventPath(value, where);
    return (event) => inText(at(event as unknown as JsonValue));
  };
  const [pathOf, headersOf, queryOf] = [path.map(read), mapValues(headers, read), mapValues(query, read)];
  return (event: BusEvent, ofConnection: Readonly<Record<string, string>>) => {
    const values = pathOf.map((value) => encodeURIComponent(value(event)));
    const address = new URL(endpoint.replace(/\*/g, () => values.shift() ?? ''));
    const all = { ...mapValues(queryOf, (value) => value(event)), ...ofConnection };
    for (const [name, value] of Object.entries(all)) address.searchParams.set(name, value);
    // Without a change, the address as it was written.
    return {
      endpoint: places + Object.keys(all).length > 0 ? address.href : endpoint,
      headers: mapValues(headersOf, (value) => value(event)),
    };
  };
}

const inText = (value: JsonValue | undefined): string =>
  value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value);

const numberOr = (value: unknown, otherwise: number) => (typeof value === 'number' ? value : otherwise);
