import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';

interface Header {
  required?: boolean;
  schema: object;
}
interface Response {
  headers?: Record<string, Header>;
  content: Record<string, { schema: Reference }>;
}
interface Reference {
  $ref: string;
}
interface Document {
  paths: Record<string, Record<string, { responses: Record<string, Response | Reference> }>>;
  components: { responses: Record<string, Response> };
}

/** A real answer to a request. */
export interface Exchange {
  method: string;
  /** The path after the stage, without a query: `/orders`. */
  path: string;
  status: number;
  headers: Headers;
  body: string;
}

const file = resolve(import.meta.dirname, '../../../docs/openapi.yaml');
export const document = parse(readFileSync(file, 'utf8')) as Document;

const ajv = new Ajv2020({
  strict: false,
  formats: {
    'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/,
    'uri-reference': /^\/[!-~]*$/,
  },
});
ajv.addSchema({ $id: 'openapi', components: document.components });

/** Sends a request to the API of a system: `GET /orders/7`. */
export async function ask(
  system: { apiUrl: string },
  request: string,
  init: RequestInit = {},
): Promise<Exchange> {
  const [method = '', target = ''] = request.split(' ');
  const response = await fetch(`${system.apiUrl}${target}`, { ...init, method });
  const path = target.replace(/\?.*/, '') || '/';
  const { status, headers } = response;
  return { method, path, status, headers, body: await response.text() };
}

/** What HTTP itself has, on every answer. */
const ofTheConnection = ['connection', 'content-length', 'date', 'keep-alive', 'transfer-encoding'];

/** What the document has that an answer hasn't, and the other way round: its status, its headers, and its body. */
export function faultsOf(exchange: Exchange): string[] {
  const { method, path, status, headers, body } = exchange;
  const what = `${method} ${path} → ${status}`;
  const response = responseTo(exchange);
  if (!response) return [`${what}: the document doesn't name the status ${status}`];

  const documented = Object.entries(response.headers ?? {});
  const faults = documented.flatMap(([name, { required, schema }]) => {
    const value = headers.get(name);
    if (value === null) return required ? [`${what}: has no ${name}`] : [];
    return ajv.validate(schema, value) ? [] : [`${what}: its ${name} is ${value}`];
  });
  const known = [...documented.map(([name]) => name.toLowerCase()), 'content-type', ...ofTheConnection];
  for (const name of headers.keys())
    if (!known.includes(name)) faults.push(`${what}: the document doesn't name its header ${name}`);

  // A HEAD has the headers of a body, and no body.
  if (method === 'HEAD') return faults;
  const type = headers.get('content-type')?.replace(/;.*/, '');
  const content = (type !== undefined && response.content[type]) || response.content['*/*'];
  if (!content) return [...faults, `${what}: the document doesn't name its content type ${type}`];
  const $ref = content.schema.$ref.replace('#/', 'openapi#/');
  // The schemas are open, for fields to come. Those that come today are all in them.
  const isValid = ajv.compile({ $ref, unevaluatedProperties: false });
  if (!isValid(JSON.parse(body)))
    faults.push(`${what}: ${ajv.errorsText(isValid.errors)} in ${body.slice(0, 300)}`);
  return faults;
}

/** The response of the operation; for a path or a method without one, that of all such requests. */
function responseTo({ method, path, status }: Exchange): Response | undefined {
  const item = Object.entries(document.paths).find(([template]) =>
    new RegExp(`^${template.replace(/\{\w+\}/g, '[^/]+')}$`).test(path),
  )?.[1];
  const operation = item?.[method.toLowerCase()];
  const { Unauthorized, NoRoute, WrongMethod } = document.components.responses;
  if (!operation) return { 401: Unauthorized, 404: NoRoute, 405: WrongMethod }[status];
  const response = operation.responses[status];
  return response && '$ref' in response ? document.components.responses[nameIn(response)] : response;
}

const nameIn = ({ $ref }: Reference) => $ref.replace(/.*\//, '');
