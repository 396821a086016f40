import { AwsError } from '../../aws-error.ts';
import { callerOf, type Door, signedFor } from '../../caller.ts';
import { type HttpHandler, type HttpRequest, type HttpResponse, jsonResponse } from '../../http.ts';
import { isObject, type JsonObject } from '../../json.ts';

/** X-Ray's operations by their paths. */
const operations: Readonly<Record<string, string>> = {
  '/TraceSummaries': 'GetTraceSummaries',
  '/Traces': 'BatchGetTraces',
};

/**
 * X-Ray's own protocol, REST with JSON.
 *
 * @returns answers requests that are signed for X-Ray
 */
export function createXrayApi({ dispatch, iam, trace }: Door): HttpHandler {
  const answer = async (request: HttpRequest): Promise<HttpResponse> => {
    try {
      const { path, headers, body } = request;
      const name = operations[path] ?? path.slice(1);
      const output = await dispatch(`AWSXRay.${name}`, parse(body), callerOf(headers, iam, trace), request);
      return jsonResponse(200, output);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      return jsonResponse(error.status, { Message: error.message }, { 'x-amzn-errortype': error.name });
    }
  };
  return (request) => (signedFor(request) === 'xray' ? answer(request) : undefined);
}

function parse(body: Buffer): JsonObject {
  try {
    const input: unknown = JSON.parse(body.toString() || '{}');
    if (isObject(input)) return input;
  } catch {
    // Reported below, as everything else that isn't an object.
  }
  throw new AwsError('InvalidRequestException', 'The body has to be a JSON object');
}
