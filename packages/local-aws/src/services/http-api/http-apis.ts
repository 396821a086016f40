import type { Context, Service } from '../../context.ts';
import { LostAnswerError } from '../../faults/lost-answer-error.ts';
import type { HttpHandler, HttpRequest, HttpResponse } from '../../http.ts';
import { AccessDeniedError } from '../../iam.ts';
import { dimensionsOf } from '../../metrics/sources.ts';
import type { Plan } from '../../plan/read-plan.ts';
import { shownOf } from '../../trace.ts';
import { isThrottle } from '../function/concurrency.ts';
import type { Functions } from '../function/functions.ts';
import type { LogEvent, Logs } from '../logs/logs.ts';
import { toEvent } from './event.ts';
import type { Claims } from './jwt-authorizer.ts';
import { type Route, readStages, type Stage } from './read-stages.ts';
import { MalformedAnswerError, message, toResponse } from './response.ts';
import { findRoute, type RouteMatch } from './route-key.ts';

export interface HttpApis extends Service {
  /** The stages' addresses, `/dev`. The stage `$default` is at `/`. */
  paths: readonly string[];
  /** Answers the requests to a stage. */
  handle: HttpHandler;
}

/** The HTTP APIs of the stack. Each stage is a path, each request an event of the payload format 2.0. */
export function createHttpApis(
  plan: Plan,
  context: Context,
  { functions, logs }: { functions: Functions; logs: Pick<Logs, 'events'> },
): HttpApis {
  const { iam, trace, faults, onFailure } = context;
  const stages = readStages(plan, functions, context);
  const meters = new Map(
    stages.map((stage) => {
      const dimensions = dimensionsOf('AWS/ApiGateway', { api_id: stage.apiId, name: stage.name });
      return [stage, context.metrics.meter('AWS/ApiGateway', dimensions)];
    }),
  );
  const stageOf = (path: string) =>
    stages.find(({ prefix }) => path === prefix || path.startsWith(`${prefix}/`));

  return {
    paths: stages.map(({ prefix }) => prefix || '/'),
    handle(request) {
      const stage = stageOf(request.path);
      return stage && counted(stage, request);
    },
  };

  /** Serves a request, and counts it, as API Gateway does. */
  async function counted(stage: Stage, request: HttpRequest): Promise<HttpResponse> {
    const startedAt = performance.now();
    const count = meters.get(stage);
    const response = await serve(stage, request);
    count?.('Count');
    count?.('4xx', response.status >= 400 && response.status < 500 ? 1 : 0);
    count?.('5xx', response.status >= 500 ? 1 : 0);
    count?.('Latency', performance.now() - startedAt);
    return response;
  }

  async function serve(stage: Stage, request: HttpRequest): Promise<HttpResponse> {
    // Empty for the address of a stage without a slash at the end. As on AWS, a route for / doesn't take it, $default does.
    const path = request.path.slice(stage.prefix.length);
    const match = findRoute(stage.routes, request.method, path);
    if (!match) return message(404, 'Not Found');

    const flowId = trace.newFlow();
    const { method, rawQueryString, headers, body } = request;
    faults.nameFlow(flowId, [method, path, rawQueryString, headers['idempotency-key'], body].join('\n'));
    const sent = [rawQueryString && `?${rawQueryString}`, body.toString()].filter(Boolean).join('\n');
    const span = trace.begin(flowId, {
      kind: 'request',
      method,
      path: request.path,
      ...routeOf(stage, match.route),
      ...(sent !== '' && { sent: shownOf(sent) }),
    });
    const entry = await match.route.authorize?.(request);
    const response =
      entry && 'refusal' in entry
        ? entry.refusal
        : await trace.causes.during({ flowId, spanId: span.id }, () =>
            answer(stage, match, request, flowId, entry?.claims),
          );
    if (faults.inject('drop-response', flowId, 'the answer to the client') !== undefined) {
      const lost = new LostAnswerError(`${request.method} ${request.path}`);
      span.fail(lost.message, { status: response.status });
      throw lost;
    }
    span.end({ status: response.status, answer: shownOf(response.body.toString()) });
    return response;
  }

  async function answer(
    stage: Stage,
    { route, pathParameters }: RouteMatch<Route>,
    request: HttpRequest,
    flowId: string,
    claims: Claims | undefined,
  ): Promise<HttpResponse> {
    const { name, arn, logGroup } = route.target;
    const asked = `${request.method} ${request.path}`;
    try {
      const source = `${stage.executionArn}/${stage.name}/${sourceOf(route, request)}`;
      iam.authorizeService('apigateway.amazonaws.com', 'lambda:InvokeFunction', arn, source);
      const event = toEvent(
        request,
        {
          accountId: plan.place.account,
          apiId: stage.apiId,
          stage: stage.name,
          routeKey: route.key.text,
          pathParameters,
          claims,
        },
        context,
      );
      const response = toResponse(await route.target.invoke(event, flowId));
      if (response.status >= 500) {
        onFailure(
          `${asked} was answered with ${response.status} by the function ${name}. ` +
            `Its last error, in ${logGroup}: ${lastErrorOf(logs.events(logGroup) ?? [])}`,
        );
      }
      return response;
    } catch (error) {
      const isPlain = error instanceof AccessDeniedError || error instanceof MalformedAnswerError;
      onFailure(`${asked} was not answered by ${name}. ${isPlain ? error.message : String(error)}`);
      return isThrottle(error) ? message(503, 'Service Unavailable') : message(500, 'Internal Server Error');
    }
  }
}

function lastErrorOf(lines: Iterable<LogEvent>): string {
  const error = [...lines].findLast(({ message }) => message.includes('"level":"ERROR"'));
  return error?.message ?? 'none';
}

/** The path that a route is for; nothing for the one that takes every path. */
const routeOf = ({ prefix }: Stage, { key }: Route) =>
  key.method === undefined ? {} : { route: `${prefix}${key.text.slice(key.method.length + 1)}` };

/** What a permission names a route by: `$default`, or the method and the path, `GET/orders/{orderId}`. */
const sourceOf = ({ key }: Route, { method }: HttpRequest) =>
  key.method === undefined ? key.text : `${method}${key.text.slice(key.method.length + 1)}`;
