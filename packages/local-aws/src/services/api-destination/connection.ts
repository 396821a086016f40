import { isObject, type JsonObject, type JsonValue } from '../../json.ts';
import { block, type Resource } from '../../plan/read-plan.ts';
import { UnsupportedError } from '../../plan/unsupported-error.ts';

/** What a connection adds to every request of its API destinations. */
export interface Connection {
  headers: Readonly<Record<string, string>>;
  query: Readonly<Record<string, string>>;
}

/**
 * Reads a connection of the stack: its key or its user, and its invocation parameters.
 *
 * @throws {UnsupportedError} for OAuth, for parameters of the body, and for a secret that is missing
 */
export function readConnection(connection: Resource): Connection {
  const { authorization_type: type } = connection.attributes;
  const parameters = block(connection, 'auth_parameters', [
    'api_key',
    'basic',
    'invocation_http_parameters',
    'oauth',
  ]);
  const { headers, query } = readInvocationParameters(
    connection,
    parameters.invocation_http_parameters ?? {},
  );
  return { headers: { ...headers, ...authorization(connection, String(type), parameters) }, query };
}

function authorization(
  { address }: Resource,
  type: string,
  { api_key: apiKey, basic }: JsonObject,
): Record<string, string> {
  const has = (value: JsonValue | undefined, ...names: string[]): value is Record<string, string> =>
    isObject(value) && names.every((name) => typeof value[name] === 'string');
  if (type === 'API_KEY' && has(apiKey, 'key', 'value')) return { [`${apiKey.key}`]: `${apiKey.value}` };
  if (type === 'BASIC' && has(basic, 'username', 'password')) {
    const user = Buffer.from(`${basic.username}:${basic.password}`).toString('base64');
    return { authorization: `Basic ${user}` };
  }
  if (type === 'OAUTH_CLIENT_CREDENTIALS') {
    throw new UnsupportedError(
      `${address}: the local run asks no OAuth server for tokens; it knows the authorization types API_KEY and BASIC`,
    );
  }
  throw new UnsupportedError(
    `${address}: auth_parameters has to have ${type === 'BASIC' ? 'basic, with username and password' : 'api_key, with key and value'}, ` +
      `for the authorization type ${type}`,
  );
}

function readInvocationParameters({ address }: Resource, parameters: JsonValue): Connection {
  const { header = [], query_string: query = [], ...others } = isObject(parameters) ? parameters : {};
  const unknown = Object.keys(others);
  if (unknown.length > 0) {
    throw new UnsupportedError(
      `${address}: the local run doesn't know ${unknown.join(', ')} of invocation_http_parameters. It knows header, query_string`,
    );
  }
  return { headers: pairs(header), query: pairs(query) };
}

/** Terraform has one block as an object, and several as a list. */
const pairs = (blocks: JsonValue): Record<string, string> =>
  Object.fromEntries(
    [blocks].flat().map((item) => (isObject(item) ? [String(item.key), String(item.value)] : [])),
  );
