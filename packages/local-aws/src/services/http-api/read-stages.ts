import type { Context } from '../../context.ts';
import { type Plan, type Resource, text } from '../../plan/read-plan.ts';
import { UnsupportedError } from '../../plan/unsupported-error.ts';
import type { Functions, InvokableFunction } from '../function/functions.ts';
import { type Authorize, createJwtAuthorizer } from './jwt-authorizer.ts';
import { parseRouteKey, type RouteKey } from './route-key.ts';

/** A stage of an HTTP API. */
export interface Stage {
  /** `dev`, or `$default`. */
  name: string;
  /** Where it is: `/dev`, or nothing for `$default`. */
  prefix: string;
  apiId: string;
  executionArn: string;
  routes: readonly Route[];
}

export interface Route {
  key: RouteKey;
  target: InvokableFunction;
  /** Lets requests in; undefined for a route that is open to everybody. */
  authorize: Authorize | undefined;
}

/**
 * The stages of the stack. The stage `$default`, which takes what no other stage takes, is the last.
 *
 * @throws {UnsupportedError} for what the local run doesn't know of APIs, and for what AWS refuses
 */
export const readStages = (plan: Plan, functions: Functions, context: Context): Stage[] =>
  plan
    .resources('aws_apigatewayv2_stage')
    .map((stage): Stage => {
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
      const name = text(stage, 'name');
      return {
        name,
        prefix: name === '$default' ? '' : `/${name}`,
        apiId,
        executionArn: text(api, 'execution_arn'),
        routes: readRoutes(plan, apiId, functions, context),
      };
    })
    .sort((a, b) => b.prefix.length - a.prefix.length);

function readRoutes(plan: Plan, apiId: string, functions: Functions, context: Context): Route[] {
  const targets = readIntegrations(plan, functions);
  const authorizers = readAuthorizers(plan, apiId, context);
  return plan
    .resources('aws_apigatewayv2_route')
    .filter((route) => text(route, 'api_id') === apiId)
    .map((route) => {
      const key = parseRouteKey(text(route, 'route_key'), route.address);
      const target = targets.get(text(route, 'target'));
      if (!target) throw new UnsupportedError(`${route.address}: its integration isn't in the stack`);
      return { key, target, authorize: authorizerOf(route, authorizers) };
    });
}

/** The functions behind the integrations, by what a route calls them: `integrations/<id>`. */
const readIntegrations = (plan: Plan, functions: Functions): Map<string, InvokableFunction> =>
  new Map(
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

/** The authorizers of an API, by id. */
const readAuthorizers = (plan: Plan, apiId: string, context: Context): Map<string, Authorize> =>
  new Map(
    plan
      .resources('aws_apigatewayv2_authorizer')
      .filter((authorizer) => text(authorizer, 'api_id') === apiId)
      .map((authorizer) => [text(authorizer, 'id'), createJwtAuthorizer(authorizer, context)]),
  );

function authorizerOf(route: Resource, authorizers: Map<string, Authorize>): Authorize | undefined {
  const type = route.attributes.authorization_type ?? 'NONE';
  if (type === 'NONE') return undefined;
  if (type !== 'JWT') {
    throw new UnsupportedError(
      `${route.address}: the local run knows the authorization types NONE and JWT, received ${JSON.stringify(type)}`,
    );
  }
  const authorize = authorizers.get(text(route, 'authorizer_id'));
  if (authorize) return authorize;
  throw new UnsupportedError(
    `${route.address}: its authorizer isn't in the stack, or is that of another API`,
  );
}
