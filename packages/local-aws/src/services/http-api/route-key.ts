import { decodeUri } from '../../http.ts';
import { UnsupportedError } from '../../plan/unsupported-error.ts';

/** A route key such as `GET /orders/{orderId}`, read. */
export interface RouteKey {
  /** As the stack has it. */
  text: string;
  /** The method, `ANY`, or undefined for `$default`, which takes every request that no other route takes. */
  method: string | undefined;
  parts: readonly Part[];
}

/** A part of a path between slashes: exactly this text, any one part (`{orderId}`), or all that follow (`{proxy+}`). */
type Part = { kind: 'text'; text: string } | { kind: 'one' | 'rest'; name: string };

export interface RouteMatch<Route> {
  route: Route;
  /** What the path has in the place of each variable, decoded. */
  pathParameters: Readonly<Record<string, string>>;
}

const methods = ['ANY', 'DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'];

/**
 * Reads a route key.
 *
 * @param address the route in the stack, for the error
 * @throws {UnsupportedError} for what an HTTP API refuses
 */
export function parseRouteKey(text: string, address: string): RouteKey {
  if (text === '$default') return { text, method: undefined, parts: [] };
  const [method = '', path = '', ...others] = text.split(' ');
  const parts = partsOf(path).flatMap((part) => parsePart(part) ?? []);
  const isRead =
    methods.includes(method) &&
    path.startsWith('/') &&
    others.length === 0 &&
    parts.length === partsOf(path).length &&
    // A greedy variable takes the rest of the path, so it is the last part.
    parts.slice(0, -1).every(({ kind }) => kind !== 'rest');
  if (isRead) return { text, method, parts };
  throw new UnsupportedError(
    `${address}: route_key is ${JSON.stringify(text)}; allowed are $default, or one of ${methods.join(', ')} and a ` +
      'path such as /orders/{orderId} or /{proxy+}',
  );
}

/** `/orders/7` → `['orders', '7']`, `/` → `[]` */
const partsOf = (path: string): string[] => (path === '/' ? [] : path.slice(1).split('/'));

function parsePart(part: string): Part | undefined {
  const [, name, plus] = /^\{([\w.-]+)(\+?)\}$/.exec(part) ?? [];
  if (name !== undefined) return { kind: plus ? 'rest' : 'one', name };
  return /[{}]/.test(part) ? undefined : { kind: 'text', text: part };
}

/**
 * The route that takes a request. As API Gateway does, the most specific path wins, part by part: text before a
 * variable, a variable before a greedy one. Of two routes with the same path, the one that names the method wins.
 * `$default` is the last.
 *
 * @param path as it came, without the stage
 */
export function findRoute<Route extends { key: RouteKey }>(
  routes: readonly Route[],
  method: string,
  path: string,
): RouteMatch<Route> | undefined {
  const asked = partsOf(path).map(decodeUri);
  const matches = routes.flatMap((route) => {
    const pathParameters = matchKey(route.key, method, asked);
    return pathParameters ? [{ route, pathParameters }] : [];
  });
  return matches.sort((a, b) => (rank(a.route.key) < rank(b.route.key) ? -1 : 1))[0];
}

function matchKey(
  key: RouteKey,
  method: string,
  asked: readonly string[],
): Record<string, string> | undefined {
  if (key.method === undefined) return {};
  if (key.method !== 'ANY' && key.method !== method) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, part] of key.parts.entries()) {
    const given = part.kind === 'rest' ? asked.slice(index).join('/') : asked[index];
    if (part.kind === 'text' ? given !== part.text : !given) return undefined;
    if (part.kind !== 'text') parameters[part.name] = given ?? '';
  }
  const isWhole = key.parts.at(-1)?.kind === 'rest' || key.parts.length === asked.length;
  return isWhole ? parameters : undefined;
}

/** Text that sorts the more specific of two keys first. */
function rank({ method, parts }: RouteKey): string {
  if (method === undefined) return '9';
  const byPart = { text: '0', one: '1', rest: '2' };
  return `${parts.map(({ kind }) => byPart[kind]).join('')}${method === 'ANY' ? '1' : '0'}`;
}
