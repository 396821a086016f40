import { AwsError } from '../../aws-error.ts';
import { callerOf, type Door } from '../../caller.ts';
import type { HttpHandler, HttpRequest, HttpResponse } from '../../http.ts';
import { decodeUri, jsonResponse } from '../../http.ts';
import { isObject, type JsonObject, type JsonValue } from '../../json.ts';

/** The statuses of Lambda's errors; 400 for any other. */
export const lambdaStatuses: Readonly<Record<string, number>> = {
  AccessDeniedException: 403,
  ResourceNotFoundException: 404,
  TooManyRequestsException: 429,
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
      if (name === 'Invoke') return invocationResponse(output);
      return request.method === 'DELETE'
        ? { status: 204, headers: {}, body: Buffer.alloc(0) }
        : jsonResponse(200, output);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      return jsonResponse(
        lambdaStatuses[error.name] ?? 400,
        { Type: 'User', Message: error.message, message: error.message },
        { 'x-amzn-errortype': error.name },
      );
    }
  };
  return (request) => (lambdaPath.test(request.path) ? answer(request) : undefined);
}

/** What a request asks for, by its method and its path, in which a name stands for a function's. */
const routes: Readonly<Record<string, string>> = {
  'GET /2015-03-31/functions': 'ListFunctions',
  'GET /2015-03-31/functions/<name>': 'GetFunction',
  'POST /2015-03-31/functions/<name>/invocations': 'Invoke',
  'GET /2016-08-19/account-settings': 'GetAccountSettings',
  'PUT /2017-10-31/functions/<name>/concurrency': 'PutFunctionConcurrency',
  'DELETE /2017-10-31/functions/<name>/concurrency': 'DeleteFunctionConcurrency',
  'GET /2019-09-30/functions/<name>/concurrency': 'GetFunctionConcurrency',
};

/** The paths of Lambda's API begin with the date of a version of it. */
const lambdaPath = /^\/\d{4}-\d\d-\d\d\/(functions|account-settings)(\/|$)/;

function readRequest({ method, path, rawQueryString, headers, body }: HttpRequest): {
  name: string;
  input: JsonObject;
} {
  const query = Object.fromEntries(new URLSearchParams(rawQueryString));
  const plain = path.replace(/\/$/, '');
  const [, before = plain, named, after = ''] = /^(.*\/functions)\/([^/]+)(.*)$/.exec(plain) ?? [];
  const name = routes[`${method} ${before}${named === undefined ? '' : '/<name>'}${after}`];
  if (name === undefined) {
    throw new AwsError(
      'UnknownOperationException',
      `The local run doesn't know ${method} ${path}. It knows ${Object.values(routes).join(', ')}`,
    );
  }
  const input = { ...query, ...(named !== undefined && { FunctionName: decodeUri(named) }) };
  if (name !== 'Invoke') return { name, input: { ...input, ...(method === 'PUT' && parseObject(body)) } };
  const type = headers['x-amz-invocation-type'];
  return {
    name,
    input: {
      ...input,
      ...(type !== undefined && { InvocationType: String(type) }),
      ...(body.length > 0 && { Payload: parse(body.toString()) }),
    },
  };
}

function parseObject(body: Buffer): JsonObject {
  const value = parse(body.toString());
  if (isObject(value)) return value;
  throw new AwsError('InvalidRequestContentException', 'The body has to be a JSON object');
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
