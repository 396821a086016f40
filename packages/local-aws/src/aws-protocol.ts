import { AwsError } from './aws-error.ts';
import { callerOf, type Door } from './caller.ts';
import type { HttpHandler, HttpRequest, HttpResponse } from './http.ts';
import { isObject, type JsonObject } from './json.ts';
import { isWholeResponse } from './operation.ts';

/**
 * The AWS wire protocol (JSON 1.0 and 1.1): what `AWS_ENDPOINT_URL` makes any AWS SDK or the AWS CLI send here.
 *
 * @returns answers requests that have an `x-amz-target`
 */
export function createAwsProtocol({ dispatch, iam, trace }: Door): HttpHandler {
  const answer = async (target: string, { headers, body }: HttpRequest): Promise<HttpResponse> => {
    const caller = callerOf(headers, iam, trace);
    const contentType = String(headers['content-type'] ?? 'application/x-amz-json-1.1');
    try {
      const output = await dispatch(target, parse(body), caller, { headers, body });
      return isWholeResponse(output) ? output.response : respond(200, contentType, output);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      const response = respond(error.status, contentType, { __type: error.name, message: error.message });
      if (error.queryCode === undefined) return response;
      return {
        ...response,
        headers: { ...response.headers, 'x-amzn-query-error': `${error.queryCode};Sender` },
      };
    }
  };
  return (request) => {
    const target = request.headers['x-amz-target'];
    return typeof target === 'string' ? answer(target, request) : undefined;
  };
}

function respond(status: number, contentType: string, output: object): HttpResponse {
  return { status, headers: { 'content-type': contentType }, body: Buffer.from(JSON.stringify(output)) };
}

function parse(body: Buffer): JsonObject {
  try {
    const input: unknown = JSON.parse(body.toString() || '{}');
    if (isObject(input)) return input;
  } catch {
    // Reported below, as everything else that isn't an object.
  }
  throw new AwsError('SerializationException', 'The body has to be a JSON object');
}
