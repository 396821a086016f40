import type { JsonSchema } from '@orders/contract';
import { detailTypes } from '@orders/events';
import type { Operation } from '@orders/function';
import * as producer from '@orders/functions/producer/operations';
import * as tracker from '@orders/functions/tracker/operations';
import { stringify } from 'yaml';
import { type ApiRoute, readRoutes } from './api-routes.ts';
import { type Catalogue, latestVersion } from './catalogue.ts';
import { bodyOf, responsesOf, sharedResponses } from './openapi-responses.ts';
import { schemasOf } from './openapi-schemas.ts';
import { readableStack } from './readable-stack.ts';
import type { StackJson } from './stack-json.ts';

/** A stage, synthesized. */
export interface StageStack {
  name: string;
  json: StackJson;
}

/** What the functions of the API take, by their names in the stack. */
const functions: Readonly<Record<string, Record<string, Operation>>> = {
  producer: producer.operations,
  status: tracker.operations,
};

/**
 * `openapi.yaml`: the HTTP API for tools, an OpenAPI 3.1 document.
 *
 * @throws an Error if the routes of the stack and the operations of the functions disagree
 */
export function renderOpenApi({ events }: Catalogue, stages: readonly StageStack[]): string {
  const order = events.find(({ detailType }) => detailType === detailTypes.orderPlaced);
  if (!order) throw new Error(`schemas/ has no event ${detailTypes.orderPlaced}`);
  const schemas = schemasOf(order.detail);
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
    paths: pathsOf(operationsOf(onlyRoutes(routes)), schemas, { asksForToken: closed.length > 0 }),
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
      responses: sharedResponses({ asksForToken: closed.length > 0 }),
      schemas,
    },
  };
  const comment =
    '# Generated from schemas/, the functions and the stack by `pnpm docs:generate`. Edit those, not this file.\n';
  return comment + stringify(document, { aliasDuplicateObjects: false, lineWidth: 0 });
}

/** Clients that are generated group their calls by it. */
const tag = 'orders';

const isClosed = ({ asksForToken }: ApiRoute) => asksForToken;
const byKey = ({ key, functionId }: ApiRoute) => `${key} ${functionId}`;

/** The routes that every stage has. */
function onlyRoutes([first = [], ...others]: readonly ApiRoute[][]): ApiRoute[] {
  const different = others.find((other) => String(other.map(byKey)) !== String(first.map(byKey)));
  if (!different) return first;
  throw new Error(
    'docs/openapi.yaml shows one API, and the stages have different routes: ' +
      `${first.map(byKey).join(', ')}; and ${different.map(byKey).join(', ')}`,
  );
}

interface RoutedOperation {
  /** `GET /orders/{orderId}` */
  key: string;
  operation: Operation;
}

function pathsOf(operations: readonly RoutedOperation[], schemas: Schemas, door: { asksForToken: boolean }) {
  const paths: Record<string, Record<string, object>> = {};
  for (const { key, operation } of operations) {
    const [method = '', path = ''] = key.split(' ');
    paths[path] = {
      ...paths[path],
      [method.toLowerCase()]: {
        operationId: operation.id,
        summary: operation.summary,
        tags: [tag],
        ...requestOf(key, operation, schemas),
        responses: responsesOf(operation, door),
      },
    };
  }
  return paths;
}

/** The operations that clients reach: each of a function, by a route to that function. */
function operationsOf(routes: readonly ApiRoute[]): RoutedOperation[] {
  const routed = (key: string) => routes.find((route) => route.key === key) ?? routes.find(isDefault);
  for (const { key, functionId } of routes) {
    const known = Object.keys(functions[functionId] ?? {});
    if (key === '$default' ? known.length === 0 : !known.includes(key))
      throw new Error(
        `the route ${key} leads to ${functionId}, whose operations are ${known.join(', ') || 'none'}`,
      );
  }
  return Object.entries(functions).flatMap(([functionId, operations]) =>
    Object.entries(operations).map(([key, operation]) => {
      const reached = routed(key)?.functionId ?? 'nobody';
      if (reached !== functionId)
        throw new Error(`${functionId} takes ${key}, and the routes of the API lead it to ${reached}`);
      return { key, operation };
    }),
  );
}

const isDefault = ({ key }: ApiRoute) => key === '$default';

type Schemas = Readonly<Record<string, JsonSchema>>;

/** What a request has: the parts of its path, its query or its body, and its headers. */
function requestOf(key: string, { id, request, success }: Operation, schemas: Schemas) {
  const find = (name: string) => {
    const schema = schemas[name];
    if (schema) return schema;
    throw new Error(
      `the operation ${id} has the schema ${name}, and docs/openapi.yaml has only ${Object.keys(schemas).join(', ')}. ` +
        'Add it in infra/scripts/openapi-schemas.ts',
    );
  };
  const parametersOf = (place: 'path' | 'query', names: readonly string[], schema: JsonSchema) =>
    names.map((name) => {
      const { description, ...type } = schema.properties?.[name] ?? {};
      const required = place === 'path' || (schema.required?.includes(name) ?? false);
      return { name, in: place, required, description, schema: type };
    });
  const asked = request && find(request.schema);
  const inPath = [...key.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const parameters = [
    ...parametersOf('path', inPath, find(success.schema)),
    ...(asked && request.in === 'query'
      ? parametersOf('query', Object.keys(asked.properties ?? {}), asked)
      : []),
    ...(request?.headers ?? []).map(({ name, meaning, form }) => ({
      name,
      in: 'header',
      description: meaning,
      schema: { type: 'string', pattern: form.source },
    })),
  ];
  return {
    ...(parameters.length > 0 && { parameters }),
    ...(request?.in === 'body' && {
      requestBody: { required: true, content: { 'application/json': bodyOf(request.schema) } },
    }),
  };
}
