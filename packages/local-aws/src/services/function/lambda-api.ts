import { AwsError } from '../../aws-error.ts';
import { callerOf, type Door } from '../../caller.ts';
import type { HttpHandler, HttpRequest, HttpResponse } from '../../http.ts';
import { jsonResponse } from '../../http.ts';
import type { JsonObject, JsonValue } from '../../json.ts';

/** The version of Lambda's API, with which all of its paths begin. */
const root = '/2015-03-31/functions';

/** The statuses of Lambda's errors; 400 for any other. */
export const lambdaStatuses: Readonly<Record<string, number>> = {
  AccessDeniedException: 403,
  ResourceNotFoundException: 404,
};

/**
 * Lambda's own protocol, REST with JSON: what AWS SDKs and `aws lambda invoke` send here. It says by path and headers
 * what the other services say in a body.
 */
export function createLambdaApi({ dispatch, iam, trace }: Door): HttpHandler {
  const answer = async (request: HttpRequest): Promise<HttpResponse> => {
    try {
      const { name, input } = readRequest(request);
      const caller = callerOf(request.headers, iam, trace);
      const output = (await dispatch(`AWSLambda.${name}`, input, caller, request)) as JsonObject;
      return name === 'Invoke' ? invocationResponse(output) : jsonResponse(200, output);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      return jsonResponse(
        lambdaStatuses[error.name] ?? 400,
        { Type: 'User', Message: error.message, message: error.message },
        { 'x-amzn-errortype': error.name },
      );
    }
  };
  return (request) =>
    request.path === root || request.path.startsWith(`${root}/`) ? answer(request) : undefined;
}

function readRequest({ method, path, rawQueryString, headers, body }: HttpRequest): {
  name: string;
  input: JsonObject;
} {
  const query = Object.fromEntries(new URLSearchParams(rawQueryString));
  const [name = '', ...rest] = path.slice(root.length + 1).split('/');
  const FunctionName = decodeURIComponent(name);
  const route = `${method} ${name === '' ? '' : '<name>'}${rest.map((part) => `/${part}`).join('')}`;
  if (route === 'GET ') return { name: 'ListFunctions', input: query };
  if (route === 'GET <name>') return { name: 'GetFunction', input: { FunctionName, ...query } };
  if (route === 'POST <name>/invocations') {
    const type = headers['x-amz-invocation-type'];
    const input = {
      FunctionName,
      ...query,
      ...(type !== undefined && { InvocationType: String(type) }),
      ...(body.length > 0 && { Payload: parse(body.toString()) }),
    };
    return { name: 'Invoke', input };
  }
  throw new AwsError(
    'UnknownOperationException',
    `The local run doesn't know ${method} ${path}. It knows Invoke, ListFunctions and GetFunction`,
  );
}

function parse(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    throw new AwsError(
      'InvalidRequestContentException',
      `Could not parse request body into json: received ${JSON.stringify(text.slice(0, 60))}`,
    );
  }
}

function invocationResponse({
  StatusCode,
  ExecutedVersion,
  FunctionError,
  Payload,
}: JsonObject): HttpResponse {
  return {
    status: Number(StatusCode),
    headers: {
      'content-type': 'application/json',
      ...(ExecutedVersion !== undefined && { 'x-amz-executed-version': String(ExecutedVersion) }),
      ...(FunctionError !== undefined && { 'x-amz-function-error': String(FunctionError) }),
    },
    body: Buffer.from(Payload === undefined ? '' : JSON.stringify(Payload)),
  };
}
