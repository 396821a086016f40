import { Apigatewayv2Api } from '@cdktf/provider-aws/lib/apigatewayv2-api/index.js';
import { Apigatewayv2Authorizer } from '@cdktf/provider-aws/lib/apigatewayv2-authorizer/index.js';
import { Apigatewayv2Integration } from '@cdktf/provider-aws/lib/apigatewayv2-integration/index.js';
import { Apigatewayv2Route } from '@cdktf/provider-aws/lib/apigatewayv2-route/index.js';
import { Apigatewayv2Stage } from '@cdktf/provider-aws/lib/apigatewayv2-stage/index.js';
import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group/index.js';
import { LambdaPermission } from '@cdktf/provider-aws/lib/lambda-permission/index.js';
import { Construct } from 'constructs';
import { metricsOf, type Watch, type Watched } from './monitoring.ts';
import type { NodeFunction } from './node-function.ts';

export interface HttpApiProps {
  name: string;
  /** The stage, the first part of every path. */
  stage: string;
  /** Answers every request that has no route of its own. */
  handler: NodeFunction;
  /** Whose tokens let a client in, and for whom they have to be. Without it, the API is open to everybody. */
  jwt?: { issuer: string; audience: string } | undefined;
  /** The functions that answer a route of their own, by its key: `GET /orders/{orderId}`. */
  routes?: Readonly<Record<string, NodeFunction>>;
  /** What all clients together may send. The API answers 429 to the rest. */
  throttle: { requestsPerSecond: number; burst: number };
  /** The origins whose pages may call the API from a browser. Without any, CORS is off. */
  corsOrigins: readonly string[];
}

/** The fields of the access log, each a variable of API Gateway. The log of the function has `requestId` too. */
const accessLogFormat = {
  requestId: '$context.requestId',
  requestTime: '$context.requestTime',
  sourceIp: '$context.identity.sourceIp',
  httpMethod: '$context.httpMethod',
  path: '$context.path',
  status: '$context.status',
  responseLatencyMs: '$context.responseLatency',
  integrationStatus: '$context.integrationStatus',
  integrationError: '$context.integrationErrorMessage',
};

/** An HTTP API that hands every request, of any path and method, to a function. */
export class HttpApi extends Construct implements Watched {
  /** The address of the API, with the stage and without a slash at the end. */
  readonly url: string;
  readonly #label: string;
  readonly #dimensions: { ApiId: string; Stage: string };

  constructor(scope: Construct, id: string, props: HttpApiProps) {
    super(scope, id);
    const { name, stage: stageName, handler, routes = {}, jwt, throttle, corsOrigins } = props;
    if (jwt && corsOrigins.length > 0) {
      // The route $default takes the requests that browsers send first, too, and these have no token.
      throw new Error(
        `The API ${name} has origins (${corsOrigins.join(', ')}) and asks for tokens, so browsers could not call it: ` +
          'give it a route OPTIONS /{proxy+} and OPTIONS / without an authorizer first, or drop corsOrigins of the stage',
      );
    }
    const api = new Apigatewayv2Api(this, 'api', {
      name,
      protocolType: 'HTTP',
      ...(corsOrigins.length > 0 && {
        corsConfiguration: {
          allowOrigins: [...corsOrigins],
          allowMethods: ['GET', 'POST'],
          allowHeaders: ['content-type', 'idempotency-key'],
        },
      }),
    });
    const authorization = jwt && this.#authorize(api, jwt);
    const makeRoute = (scope: Construct, routeKey: string, target: NodeFunction) => {
      const integration = new Apigatewayv2Integration(scope, 'integration', {
        apiId: api.id,
        integrationType: 'AWS_PROXY',
        integrationUri: target.invokeArn,
        payloadFormatVersion: '2.0',
      });
      new LambdaPermission(scope, 'permission', {
        functionName: target.name,
        action: 'lambda:InvokeFunction',
        principal: 'apigateway.amazonaws.com',
        // `GET /orders/{orderId}` is GET/orders/{orderId} there.
        sourceArn: `${api.executionArn}/${stageName}/${routeKey.replace(' ', '')}`,
      });
      return new Apigatewayv2Route(scope, 'route', {
        apiId: api.id,
        routeKey,
        target: `integrations/${integration.id}`,
        ...authorization,
      });
    };
    const madeRoutes = [
      makeRoute(this, '$default', handler),
      ...Object.entries(routes).map(([routeKey, target]) =>
        makeRoute(new Construct(this, target.node.id), routeKey, target),
      ),
    ];
    const accessLog = new CloudwatchLogGroup(this, 'access-log', {
      // API Gateway needs a policy for each log group outside this prefix, and an account has room for few.
      name: `/aws/vendedlogs/${name}-api`,
    });
    const stage = new Apigatewayv2Stage(this, 'stage', {
      apiId: api.id,
      name: stageName,
      autoDeploy: true,
      accessLogSettings: { destinationArn: accessLog.arn, format: JSON.stringify(accessLogFormat) },
      // Without both, the provider sends 0, and the API refuses every request.
      defaultRouteSettings: {
        throttlingRateLimit: throttle.requestsPerSecond,
        throttlingBurstLimit: throttle.burst,
      },
      dependsOn: madeRoutes,
    });
    this.url = stage.invokeUrl;
    this.#label = `${name}-api`;
    this.#dimensions = { ApiId: api.id, Stage: stage.name };
  }

  /** What a route has that lets in only bearers of a token. */
  #authorize(api: Apigatewayv2Api, { issuer, audience }: { issuer: string; audience: string }) {
    const authorizer = new Apigatewayv2Authorizer(this, 'authorizer', {
      apiId: api.id,
      name: 'jwt',
      authorizerType: 'JWT',
      identitySources: ['$request.header.Authorization'],
      jwtConfiguration: { issuer, audience: [audience] },
    });
    return { authorizationType: 'JWT', authorizerId: authorizer.id };
  }

  get watch(): Watch {
    const metric = metricsOf('AWS/ApiGateway', this.#dimensions);
    const [requests, refused, serverErrors] = [metric('Count'), metric('4xx'), metric('5xx')];
    const latency = metric('Latency', 'p95');
    return {
      title: 'The API',
      graphs: [
        { title: 'Requests', metrics: [requests, refused, serverErrors] },
        {
          title: 'Latency (ms)',
          metrics: [metric('Latency', 'p50'), latency].map((each) => ({ ...each, label: each.statistic })),
        },
      ],
      alarms: [
        {
          name: `${this.#label}-5xx`,
          metric: serverErrors,
          meaning: 'The API answered 5xx: clients have to send their orders again.',
          runbook: 'api-5xx',
        },
        {
          // 429 of the throttle, 401 of the authorizer, and what the functions refuse: no other alarm sees these.
          name: `${this.#label}-refused`,
          metric: refused,
          shareOf: requests,
          above: 10,
          periodMinutes: 5,
          meaning: 'In five minutes, the API refused more than one request in ten with 4xx.',
          runbook: 'api-refused',
        },
        {
          name: `${this.#label}-latency`,
          metric: latency,
          above: 3_000,
          periods: 5,
          meaning: 'For five minutes, one request in twenty took more than 3 s.',
          runbook: 'api-latency',
        },
      ],
    };
  }
}
