import type { Context, Service } from '../context.ts';
import type { HttpHandler, HttpRequest, HttpResponse } from '../http.ts';
import { AccessDeniedError } from '../iam.ts';
import { isObject, type JsonObject } from '../json.ts';
import { type Plan, text } from '../plan/read-plan.ts';
import { UnsupportedError } from '../plan/unsupported-error.ts';
import type { Functions, InvokableFunction } from './function/functions.ts';
import type { LogEvent, Logs } from './logs.ts';

export interface HttpApis extends Service {
  /** The stages' addresses, `/dev`. */
  paths: readonly string[];
  /** Answers the requests to a stage. */
  handle: HttpHandler;
}

interface Route {
  routeKey: string;
  target: InvokableFunction;
}

interface Stage {
  name: string;
  apiId: string;
  executionArn: string;
  routes: Route[];
}

/** The HTTP APIs of the stack: each stage a path, each request an event of payload format 2.0. */
export function createHttpApis(
  plan: Plan,
  context: Context,
  { functions, logs }: { functions: Functions; logs: Pick<Logs, 'events'> },
): HttpApis {
  const { iam, trace, onFailure } = context;
  const stages = plan.resources('aws_apigatewayv2_stage').map((stage): Stage => {
    const api = plan
      .resources('aws_apigatewayv2_api')
      .find(({ attributes }) => attributes.id === text(stage, 'api_id'));
    if (!api || text(api, 'protocol_type') !== 'HTTP') {
      throw new UnsupportedError(`${stage.address}: the local run knows stages of HTTP APIs`);
    }
    if (stage.attributes.auto_deploy !== true) {
      throw new UnsupportedError(`${stage.address}: the local run knows stages with auto_deploy = true`);
    }
    const apiId = text(api, 'id');
    return {
      name: text(stage, 'name'),
      apiId,
      executionArn: text(api, 'execution_arn'),
      routes: readRoutes(plan, apiId, functions),
    };
  });
  const stageOf = (path: string) =>
    stages.find(({ name }) => path === `/${name}` || path.startsWith(`/${name}/`));

  return {
    paths: stages.map(({ name }) => `/${name}`),
    handle(request) {
      const stage = stageOf(request.path);
      return stage && serve(stage, request);
    },
  };

  async function serve(stage: Stage, request: HttpRequest): Promise<HttpResponse> {
    const path = request.path.slice(stage.name.length + 1) || '/';
    const route = ['$default', `ANY ${path}`, `${request.method} ${path}`]
      .flatMap((key) => stage.routes.find(({ routeKey }) => routeKey === key) ?? [])
      .at(-1);
    if (!route) return message(404, 'Not Found');

    const flowId = trace.newFlow();
    const span = trace.begin(flowId, { kind: 'request', method: request.method, path: request.path });
    const response = await answer(stage, route, request, flowId);
    span.end({ status: response.status });
    return response;
  }

  async function answer(
    stage: Stage,
    route: Route,
    request: HttpRequest,
    flowId: string,
  ): Promise<HttpResponse> {
    const { name, arn, logGroup } = route.target;
    const asked = `${request.method} ${request.path}`;
    try {
      const source = `${stage.executionArn}/${stage.name}/${sourceOf(route, request)}`;
      iam.authorizeService('apigateway.amazonaws.com', 'lambda:InvokeFunction', arn, source);
      const event = toEvent(plan, stage, route, request, context);
      const response = toResponse(await route.target.invoke(event, flowId));
      if (response.status >= 500) {
        onFailure(
          `${asked} was answered with ${response.status} by the function ${name}. ` +
            `Its last error, in ${logGroup}: ${lastErrorOf(logs.events(logGroup) ?? [])}`,
        );
      }
      return response;
    } catch (error) {
      const why = error instanceof AccessDeniedError ? error.message : String(error);
      onFailure(`${asked} was not answered by ${name}. ${why}`);
      return message(500, 'Internal Server Error');
    }
  }
}

function lastErrorOf(lines: Iterable<LogEvent>): string {
  const error = [...lines].findLast(({ message }) => message.includes('"level":"ERROR"'));
  return error?.message ?? 'none';
}

/** What a permission names a route by: `$default`, or the method and the path, `GET/orders`. */
const sourceOf = ({ routeKey }: Route, { method }: HttpRequest) =>
  routeKey === '$default' ? routeKey : `${method}${routeKey.slice(routeKey.indexOf(' ') + 1)}`;

const message = (status: number, text: string): HttpResponse => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: Buffer.from(JSON.stringify({ message: text })),
});

function readRoutes(plan: Plan, apiId: string, functions: Functions): Route[] {
  const integrations = new Map(
    plan.resources('aws_apigatewayv2_integration').map((integration) => {
      const { integration_type: type, payload_format_version: version } = integration.attributes;
      if (type !== 'AWS_PROXY' || version !== '2.0') {
        throw new UnsupportedError(
          `${integration.address}: the local run knows AWS_PROXY integrations of payload format 2.0, ` +
            `received ${type} of ${version ?? '1.0 (the default)'}`,
        );
      }
      const target = functions.find(text(integration, 'integration_uri'));
      if (!target) throw new UnsupportedError(`${integration.address}: its function isn't in the stack`);
      return [`integrations/${text(integration, 'id')}`, target];
    }),
  );
  return plan
    .resources('aws_apigatewayv2_route')
    .filter((route) => text(route, 'api_id') === apiId)
    .map((route) => {
      const routeKey = text(route, 'route_key');
      if (routeKey.includes('{')) {
        throw new UnsupportedError(
          `${route.address}: the local run knows no path parameters, received ${routeKey}`,
        );
      }
      const target = integrations.get(text(route, 'target'));
      if (!target) throw new UnsupportedError(`${route.address}: its integration isn't in the stack`);
      return { routeKey, target };
    });
}

/** API Gateway hands these on as text, and everything else in base64. */
const isText = (contentType: string | undefined) =>
  contentType === undefined || /^(text\/|application\/(json|xml|javascript)\b)/i.test(contentType);

function toEvent(
  plan: Plan,
  stage: Stage,
  route: Route,
  request: HttpRequest,
  { clock, ids }: Context,
): JsonObject {
  const { method, path: rawPath, rawQueryString, body, sourceIp } = request;
  const { cookie, ...others } = request.headers;
  const headers = Object.fromEntries(
    Object.entries(others).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(',') : (value ?? ''),
    ]),
  );
  const query = new URLSearchParams(rawQueryString);
  const parameters = [...new Set(query.keys())].map((name) => [name, query.getAll(name).join(',')]);
  const base64 = !isText(headers['content-type']);
  const now = new Date(clock.now());
  return {
    version: '2.0',
    routeKey: route.routeKey,
    rawPath,
    rawQueryString,
    ...(cookie && { cookies: cookie.split('; ') }),
    headers,
    ...(parameters.length > 0 && { queryStringParameters: Object.fromEntries(parameters) }),
    requestContext: {
      accountId: plan.place.account,
      apiId: stage.apiId,
      domainName: headers.host ?? '',
      domainPrefix: stage.apiId,
      http: { method, path: rawPath, protocol: 'HTTP/1.1', sourceIp, userAgent: headers['user-agent'] ?? '' },
      requestId: ids.uuid(),
      routeKey: route.routeKey,
      stage: stage.name,
      time: commonLogTime(now),
      timeEpoch: now.getTime(),
    },
    ...(body.length > 0 && { body: body.toString(base64 ? 'base64' : 'utf8') }),
    isBase64Encoded: base64 && body.length > 0,
  };
}

/** `22/Nov/2026:18:44:30 +0000` */
function commonLogTime(time: Date): string {
  const [, day, month, year, clock] = time.toUTCString().split(' ');
  return `${day}/${month}/${year}:${clock} +0000`;
}

/** What a function returned, as API Gateway reads it: with a statusCode a response, without one its body. */
function toResponse(result: unknown): HttpResponse {
  if (!isObject(result) || typeof result.statusCode !== 'number') {
    const body = typeof result === 'string' ? result : JSON.stringify(result ?? null);
    return { status: 200, headers: { 'content-type': 'application/json' }, body: Buffer.from(body) };
  }
  const headers = isObject(result.headers) ? result.headers : {};
  const body = typeof result.body === 'string' ? result.body : '';
  return {
    status: result.statusCode,
    headers: {
      ...Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
      ),
      ...(Array.isArray(result.cookies) && { 'set-cookie': result.cookies.map(String) }),
    },
    body: Buffer.from(body, result.isBase64Encoded === true ? 'base64' : 'utf8'),
  };
}
