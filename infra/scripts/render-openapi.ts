import type { JsonSchema } from '@orders/contract';
import { detailTypes } from '@orders/events';
import type { AnswerType, Operation } from '@orders/function';
import * as producer from '@orders/producer/operations';
import * as tracker from '@orders/tracker/operations';
import { stringify } from 'yaml';
import { type ApiRoute, readRoutes } from './api-routes.ts';
import { type Catalogue, latestVersion } from './catalogue.ts';
import { schemasOf } from './openapi-schemas.ts';
import { readableStack } from './readable-stack.ts';
import type { StackJson } from './stack-json.ts';

/** A stage, synthesized. */
export interface StageStack {
  name: string;
  json: StackJson;
}

/** What the functions of the API take, by their names in the stack, each with the schema of the body of a success. */
const functions: Readonly<Record<string, { operations: Record<string, Operation>; answers: string }>> = {
  producer: { operations: producer.operations, answers: 'PlacedOrder' },
  status: { operations: tracker.operations, answers: 'TrackedOrder' },
};

/** What API Gateway answers by itself, as a `Message`. */
const gatewayAnswers: readonly AnswerType[] = [
  { status: 413, when: 'The request has more than 10 MB.' },
  { status: 429, when: 'All clients together send more than the throttle of the stage allows.' },
  { status: 500, when: 'API Gateway could not run the function.' },
  { status: 503, when: 'The function took longer than API Gateway waits for it.' },
];
const unauthorized: AnswerType = {
  status: 401,
  when: 'The stage asks for a token, and the request has none, or one that is not valid.',
  headers: ['WWW-Authenticate'],
};

const headers: Readonly<Record<string, { description: string; schema: object }>> = {
  Allow: { description: 'The methods that the path takes.', schema: { type: 'string' } },
  'Cache-Control': { description: 'An answer is not for caches.', schema: { const: 'no-store' } },
  Location: {
    description: 'The path of the order, to follow it.',
    schema: { type: 'string', format: 'uri-reference' },
  },
  'Retry-After': {
    description: 'After how many seconds to send the request again.',
    schema: { type: 'string', pattern: '^[0-9]+$' },
  },
  'WWW-Authenticate': {
    description: 'Why the token is not taken.',
    schema: { type: 'string', pattern: '^Bearer' },
  },
};

/**
 * `openapi.yaml`: the HTTP API for tools, an OpenAPI 3.1 document.
 *
 * @throws an Error if the routes of the stack and the operations of the functions disagree
 */
export function renderOpenApi({ events }: Catalogue, stages: readonly StageStack[]): string {
  const order = events.find(({ detailType }) => detailType === detailTypes.orderPlaced);
  if (!order) throw new Error(`schemas/ has no event ${detailTypes.orderPlaced}`);
  const routes = stages.map(({ json }) => readRoutes(readableStack(json)));
  const names = (asks: boolean) =>
    stages.flatMap(({ name }, index) => (routes[index]?.some(isClosed) === asks ? [name] : []));
  const [closed, open] = [names(true), names(false)];

  const document = {
    openapi: '3.1.0',
    info: {
      title: 'Order fulfilment',
      version: latestVersion(events),
      description:
        'Places orders, and follows them. ' +
        `The stages that ask for a token: ${closed.join(', ') || 'none'}. Those that don't: ${open.join(', ') || 'none'}. ` +
        'A path that is not here is answered by 404, and another method by 404 or 405, as in `components/responses`.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [
      {
        url: 'https://{api}.execute-api.{region}.amazonaws.com/{stage}',
        description: 'The output `api_url` of a deploy.',
        variables: {
          api: { default: 'a1b2c3d4e5', description: 'The id of the API.' },
          region: { default: String(stages[0]?.json.variable.aws_region?.default) },
          stage: { default: stages[0]?.name, enum: stages.map(({ name }) => name) },
        },
      },
    ],
    // A stage that asks for no token is the empty requirement.
    security: [...(open.length > 0 ? [{}] : []), ...(closed.length > 0 ? [{ token: [] }] : [])],
    tags: [{ name: tag, description: 'What clients ask of the system.' }],
    paths: pathsOf(routes),
    components: {
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description:
            'A token of the issuer in the Terraform variable `jwt_issuer`, for the audience in `jwt_audience`.',
        },
      },
      responses: {
        ...(closed.length > 0 && {
          // API Gateway sends it without a content type.
          Unauthorized: {
            description: unauthorized.when,
            headers: headersOf(unauthorized.headers, true),
            content: { '*/*': bodyOf('Message') },
          },
        }),
        NoRoute: responseOf(producer.problems.noRoute),
        WrongMethod: responseOf(producer.problems.wrongMethod),
      },
      schemas: schemasOf(order.detail),
    },
  };
  const comment =
    '# Generated from schemas/, the functions and the stack by `pnpm docs:generate`. Edit those, not this file.\n';
  return comment + stringify(document, { aliasDuplicateObjects: false, lineWidth: 0 });

  function pathsOf([first = [], ...others]: readonly ApiRoute[][]) {
    for (const other of others) {
      if (JSON.stringify(other.map(byKey)) !== JSON.stringify(first.map(byKey)))
        throw new Error('the stages have other routes, and docs/openapi.yaml shows one API');
    }
    const paths: Record<string, Record<string, object>> = {};
    for (const { key, operation, answers } of operationsOf(first)) {
      const [method = '', path = ''] = key.split(' ');
      paths[path] = { ...paths[path], [method.toLowerCase()]: renderOperation(key, operation, answers) };
    }
    return paths;
  }

  function renderOperation(key: string, { id, summary, success, problems }: Operation, answers: string) {
    const fromGateway = closed.length > 0 ? [unauthorized, ...gatewayAnswers] : gatewayAnswers;
    const statuses = [...new Set([...problems, ...fromGateway].map(({ status }) => status))].sort();
    return {
      operationId: id,
      summary,
      tags: [tag],
      ...requestOf(key, order?.detail.properties ?? {}),
      responses: {
        [success.status]: responseOf(success, { 'application/json': bodyOf(answers) }),
        ...Object.fromEntries(
          statuses.map((status) => {
            const find = (types: readonly AnswerType[]) => types.find((type) => type.status === status);
            return [status, eitherOf(find(problems), find(fromGateway))];
          }),
        ),
      },
    };
  }
}

/** Clients that are generated group their calls by it. */
const tag = 'orders';

const isClosed = ({ asksForToken }: ApiRoute) => asksForToken;
const byKey = ({ key, functionId }: ApiRoute) => `${key} ${functionId}`;

/** The operations that clients reach: each of a function, by a route to that function. */
function operationsOf(routes: readonly ApiRoute[]) {
  const routed = (key: string) => routes.find((route) => route.key === key) ?? routes.find(isDefault);
  for (const { key, functionId } of routes) {
    const known = Object.keys(functions[functionId]?.operations ?? {});
    if (key === '$default' ? known.length === 0 : !known.includes(key))
      throw new Error(
        `the route ${key} leads to ${functionId}, whose operations are ${known.join(', ') || 'none'}`,
      );
  }
  return Object.entries(functions).flatMap(([functionId, { operations, answers }]) =>
    Object.entries(operations).map(([key, operation]) => {
      const reached = routed(key)?.functionId ?? 'nobody';
      if (reached !== functionId)
        throw new Error(`${functionId} takes ${key}, and the routes of the API lead it to ${reached}`);
      return { key, operation, answers };
    }),
  );
}

const isDefault = ({ key }: ApiRoute) => key === '$default';

/** What a request has: the order in the query or in the body, a key, the parts of the path. */
function requestOf(key: string, properties: Readonly<Record<string, JsonSchema>>) {
  const [method = '', path = ''] = key.split(' ');
  const parameter = (place: 'path' | 'query', name: string) => {
    const { description, ...schema } = properties[name] ?? {};
    return { name, in: place, required: true, description, schema };
  };
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => parameter('path', name));
  if (inPath.length > 0) return { parameters: inPath };

  const idempotencyKey = {
    name: producer.idempotencyKey.name,
    in: 'header',
    description: producer.idempotencyKey.meaning,
    schema: { type: 'string', pattern: producer.idempotencyKey.form.source },
  };
  if (method === 'POST') {
    return {
      parameters: [idempotencyKey],
      requestBody: { required: true, content: { 'application/json': bodyOf('Order') } },
    };
  }
  const { orderId: _, ...ordered } = properties;
  const inQuery = Object.keys(ordered).map((name) => parameter('query', name));
  return { parameters: [...inQuery, idempotencyKey] };
}

/** The response of a status that a function answers, or API Gateway by itself, or either of them. */
function eitherOf(problem: AnswerType | undefined, ofGateway: AnswerType | undefined) {
  if (!ofGateway) return problem && responseOf(problem);
  if (ofGateway === unauthorized) return { $ref: '#/components/responses/Unauthorized' };
  const message = { 'application/json': bodyOf('Message') };
  const response = { headers: headersOf(ofGateway.headers, true), content: message };
  if (!problem) return { description: ofGateway.when, ...response };
  const ofFunction = responseOf(problem, undefined, false);
  return {
    description: `${problem.when} As a \`Message\`: ${ofGateway.when}`,
    headers: { ...ofFunction.headers, ...response.headers },
    content: { ...ofFunction.content, ...message },
  };
}

/** @param alone whether nobody but a function gives this answer, so that it always has its headers */
const responseOf = (
  { when, headers: more = [] }: AnswerType,
  content: Record<string, object> = { 'application/problem+json': bodyOf('Problem') },
  alone = true,
) => ({ description: when, headers: headersOf(['Cache-Control', ...more], alone), content });

const headersOf = (names: readonly string[] = [], required: boolean) =>
  Object.fromEntries(names.map((name) => [name, { ...headers[name], required }]));

const bodyOf = (schema: string) => ({ schema: { $ref: `#/components/schemas/${schema}` } });
