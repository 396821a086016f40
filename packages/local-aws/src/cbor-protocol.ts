import { AwsError } from './aws-error.ts';
import { AwsTime } from './aws-time.ts';
import { callerOf, type Door } from './caller.ts';
import type { HttpHandler, HttpRequest, HttpResponse } from './http.ts';
import { isObject, type JsonObject } from './json.ts';

type Cbor = typeof import('@smithy/core/cbor');

const protocol = 'rpc-v2-cbor';

/**
 * The wire protocol Smithy RPC v2 CBOR: what a recent AWS SDK sends to CloudWatch. The path names service and operation.
 *
 * @returns answers requests that have `smithy-protocol: rpc-v2-cbor`
 */
export function createCborProtocol({ dispatch, iam, trace }: Door): HttpHandler {
  const answer = async (request: HttpRequest): Promise<HttpResponse> => {
    // Loaded when it is needed: few runs are asked by this protocol.
    const codec = await import('@smithy/core/cbor');
    try {
      const target = /^\/service\/([^/]+)\/operation\/([^/]+)$/.exec(request.path)?.slice(1).join('.');
      const caller = callerOf(request.headers, iam, trace);
      const output = await dispatch(target ?? request.path, parse(request.body, codec), caller, request);
      return respond(200, output, codec);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      return respond(error.status, { __type: error.name, message: error.message }, codec);
    }
  };
  return (request) => (request.headers['smithy-protocol'] === protocol ? answer(request) : undefined);
}

const respond = (status: number, output: object, codec: Cbor): HttpResponse => ({
  status,
  headers: { 'content-type': 'application/cbor', 'smithy-protocol': protocol },
  body: Buffer.from(codec.cbor.serialize(tagTimes(output, codec))),
});

function parse(body: Buffer, { cbor }: Cbor): JsonObject {
  try {
    const input: unknown = body.length === 0 ? {} : untagTimes(cbor.deserialize(body));
    if (isObject(input)) return input;
  } catch {
    // Reported below, as everything else that isn't an object.
  }
  throw new AwsError('SerializationException', 'The body has to be a CBOR map');
}

/** A time is a tagged number of seconds. In parameters, it is the number alone. */
const untagTimes = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(untagTimes);
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'object' || value === null) return value;
  const { tag, value: seconds } = value as { tag?: unknown; value?: unknown };
  if (Number(tag) === 1) return Number(seconds);
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, untagTimes(each)]));
};

const tagTimes = (value: unknown, codec: Cbor): unknown => {
  if (value instanceof AwsTime) return codec.tag({ tag: 1, value: value.seconds });
  if (Array.isArray(value)) return value.map((each) => tagTimes(each, codec));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, tagTimes(each, codec)]));
};
