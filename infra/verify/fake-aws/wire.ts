import type { IncomingMessage } from 'node:http';
import type { AwsError, Json } from './cloud.ts';

export interface Asked {
  /** `events:PutRule`, or `lambda:GET /2015-03-31/functions/{name}`. */
  call: string;
  input: Json;
  /** The format of the answers: the object itself, as for S3, or a document. */
  form: 'json' | 'xml' | 'object';
}

/** Reads the call of a request. The names of the known calls tell the paths apart. */
export function read(request: IncomingMessage, body: string, known: Iterable<string>): Asked {
  // The signature names the service: Credential=<key>/<date>/<region>/<service>/aws4_request
  const service = /Credential=(?:[^/]+\/){3}([^/]+)/.exec(request.headers.authorization ?? '')?.[1];
  const target = request.headers['x-amz-target'];
  if (typeof target === 'string')
    return { call: `${service}:${target.split('.').at(-1)}`, input: JSON.parse(body), form: 'json' };
  if (request.headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
    const input = fromForm(body);
    return { call: `${service}:${input.Action}`, input, form: 'xml' };
  }
  const { pathname } = new URL(request.url ?? '/', 'http://aws');
  if (service === 's3') return readObjectCall(request, pathname, body);
  const asked = `${service}:${request.method} ${pathname}`;
  for (const call of known) {
    const parts = new RegExp(`^${call.replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`).exec(asked);
    if (!parts) continue;
    const inPath = Object.entries(parts.groups ?? {}).map(([name, part]) => [name, decodeURIComponent(part)]);
    return { call, input: { ...(body && JSON.parse(body)), ...Object.fromEntries(inPath) }, form: 'json' };
  }
  return { call: asked, input: {}, form: 'json' };
}

/** S3's calls on objects. Their names and arguments are in the path and the headers. */
function readObjectCall({ method = '', headers }: IncomingMessage, path: string, body: string): Asked {
  const [, Bucket, ...key] = path.split('/');
  const kind = key.length > 0 ? 'Object' : 'Objects';
  const verb =
    { GET: key.length > 0 ? 'Get' : 'List', HEAD: 'Head', PUT: 'Put', DELETE: 'Delete' }[method] ?? method;
  const input = {
    Bucket,
    Key: key.join('/'),
    Body: body,
    IfNoneMatch: headers['if-none-match'],
    ServerSideEncryption: headers['x-amz-server-side-encryption'],
  };
  return { call: `s3:${verb}${kind}`, input, form: 'object' };
}

/** `Tags.member.1.Key=stage` as `{ Tags: [{ Key: 'stage' }] }`. */
function fromForm(body: string): Json {
  const input: Json = {};
  for (const [path, value] of new URLSearchParams(body)) {
    const names = path.replaceAll('.member.', '.').split('.');
    const last = names.pop() ?? path;
    let at = input;
    names.forEach((name, index) => {
      const isList = /^\d+$/.test(names[index + 1] ?? last);
      at[name] ??= isList ? [] : {};
      at = at[name] as Json;
    });
    at[last] = value;
  }
  return withoutHoles(input) as Json;
}

/** The lists of a form count from 1. */
const withoutHoles = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.filter(() => true).map(withoutHoles);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withoutHoles(inner)]));
};

/** An answer in the format of its service. */
export function written({ call, form }: Asked, result: Json): string {
  if (form === 'object') return String(result.Body ?? '');
  if (form === 'json') return JSON.stringify(result);
  const name = call.split(':').at(-1);
  return xml({ [`${name}Response`]: { [`${name}Result`]: result } });
}

/** An error in the format of its service. */
export function writtenError({ form }: Asked, { code, message }: AwsError): string {
  if (form === 'json') return JSON.stringify({ __type: code, message });
  const told = { Error: { Code: code, Message: message } };
  return xml(form === 'object' ? told : { ErrorResponse: told });
}

/** `{ PolicyNames: ['a'] }` as the XML of IAM, STS, SNS and CloudWatch. A Map becomes a map of SNS. */
function xml(value: unknown): string {
  if (value instanceof Map) {
    return [...value].map(([key, inner]) => `<entry>${xml({ key, value: inner })}</entry>`).join('');
  }
  if (Array.isArray(value)) return value.map((item) => `<member>${xml(item)}</member>`).join('');
  if (typeof value !== 'object' || value === null)
    return String(value).replace(/[<&]/g, (c) => `&#${c.charCodeAt(0)};`);
  return Object.entries(value)
    .filter(([, inner]) => inner !== undefined)
    .map(([name, inner]) => `<${name}>${xml(inner)}</${name}>`)
    .join('');
}
