import type { ReadableStack } from './readable-stack.ts';
import type { Block } from './stack-json.ts';

/** A route of the HTTP API. */
export interface ApiRoute {
  /** `GET /orders/{orderId}`, or `$default`, which takes what no other route takes. */
  key: string;
  /** The function that answers, by its name in the stack: `producer`. */
  functionId: string;
  /** Whether API Gateway lets in only clients that have a token. */
  asksForToken: boolean;
}

/** Reads the routes of the API from a stack. */
export function readRoutes({ resources }: ReadableStack): ApiRoute[] {
  /** The resource at the path of a reference: `integrations/<api/integration.id>`. */
  const referred = (value: unknown): [path: string, attributes: Block] => {
    const path = /<([\w/-]+)\.\w+>/.exec(String(value))?.[1] ?? '';
    const resource = resources[path];
    if (!resource) throw new Error(`a route refers to ${value}, which isn't in the stack`);
    return [path, resource];
  };
  return Object.values(resources)
    .filter(({ resource }) => resource === 'aws_apigatewayv2_route')
    .map(({ route_key, target, authorization_type }) => {
      const [, integration] = referred(target);
      const [functionPath] = referred(integration.integration_uri);
      return {
        key: String(route_key),
        functionId: functionPath.replace(/\/.*/, ''),
        asksForToken: authorization_type === 'JWT',
      };
    });
}
