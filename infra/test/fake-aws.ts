import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

type Json = Record<string, unknown>;
/** Takes the body and the parts of the path, and answers with a body. */
type Call = (input: Json) => Json | undefined;

export interface FakeAws {
  /** For AWS_ENDPOINT_URL. */
  url: string;
  /** Every call that was made, in order: `events:PutRule`, and what it was asked. */
  requests: { call: string; input: Json }[];
  /** The calls that it doesn't know and so refused. */
  refused: string[];
  /** The resources that there are: `roles orders-1`. */
  resources(): string[];
  stop(): Promise<void>;
}

/** An error as the services give it; the provider acts by its code. */
class AwsError extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** The resources of one kind, by name or id. To ask for one that isn't there is the error `notFound`. */
class Shelf {
  readonly items = new Map<string, Json>();
  readonly #notFound: string;
  constructor(notFound = 'ResourceNotFoundException') {
    this.#notFound = notFound;
  }
  get(key: unknown): Json {
    const item = this.items.get(String(key));
    if (!item) throw new AwsError(404, this.#notFound, `${key} isn't there`);
    return item;
  }
  add(key: unknown, item: Json): Json {
    if (this.items.has(String(key))) throw new AwsError(409, 'ResourceConflictException', `${key} exists`);
    this.items.set(String(key), item);
    return item;
  }
  remove(key: unknown): undefined {
    this.get(key);
    this.items.delete(String(key));
  }
  /** Those with this value of a field, or that begin with it. */
  where(field: string, value: unknown): Json[] {
    return [...this.items.values()].filter((item) => String(item[field]).startsWith(String(value)));
  }
}

const account = '123456789012';
const arn = (service: string, resource: string) => `arn:aws:${service}:eu-west-1:${account}:${resource}`;

/**
 * The resources, and the calls on them, by name: `service:Operation`, or `service:METHOD /path/{part}`. These are
 * the calls that creating, reading and deleting the resources of the order stack takes, and no others.
 */
function controlPlane() {
  const shelves = new Map<string, Shelf>();
  const shelf = (kind: string, notFound?: string) => {
    const made = new Shelf(notFound);
    shelves.set(kind, made);
    return made;
  };
  let count = 0;
  const newId = () => `id${++count}`;

  const buses = shelf('buses');
  const rules = shelf('rules');
  const targets = shelf('targets');
  const connections = shelf('connections');
  const apiDestinations = shelf('apiDestinations');
  const ruleOf = (input: Json) => `${input.EventBusName}/${input.Name ?? input.Rule}`;
  const byName = (kind: string, all: Shelf): Record<string, Call> => ({
    [`Describe${kind}`]: ({ Name }) => all.get(Name),
    [`Delete${kind}`]: ({ Name }) => all.remove(Name),
  });
  const events: Record<string, Call> = {
    CreateEventBus: ({ Name }) => {
      const { Arn } = buses.add(Name, { Name, Arn: arn('events', `event-bus/${Name}`) });
      return { EventBusArn: Arn };
    },
    ...byName('EventBus', buses),
    PutRule: (input) => {
      buses.get(input.EventBusName);
      const Arn = arn('events', `rule/${ruleOf(input)}`);
      rules.add(ruleOf(input), { ...input, Arn });
      return { RuleArn: Arn };
    },
    DescribeRule: (input) => rules.get(ruleOf(input)),
    DeleteRule: (input) => rules.remove(ruleOf(input)),
    PutTargets: (input) => {
      rules.get(ruleOf(input));
      targets.add(ruleOf(input), { Targets: input.Targets });
      return { FailedEntryCount: 0 };
    },
    ListTargetsByRule: (input) => targets.get(ruleOf(input)),
    RemoveTargets: (input) => {
      targets.remove(ruleOf(input));
      return { FailedEntryCount: 0 };
    },
    CreateConnection: ({ Name, AuthorizationType, AuthParameters }) =>
      connections.add(Name, {
        Name,
        AuthorizationType,
        AuthParameters,
        ConnectionArn: arn('events', `connection/${Name}/id`),
        ConnectionState: 'AUTHORIZED',
        SecretArn: arn('secretsmanager', `secret:events!connection/${Name}`),
      }),
    ...byName('Connection', connections),
    CreateApiDestination: (input) =>
      apiDestinations.add(input.Name, {
        ...input,
        ApiDestinationArn: arn('events', `api-destination/${input.Name}/id`),
        ApiDestinationState: 'ACTIVE',
      }),
    ...byName('ApiDestination', apiDestinations),
    ListTagsForResource: () => ({ Tags: [] }),
  };

  const roles = shelf('roles', 'NoSuchEntity');
  const rolePolicies = shelf('rolePolicies', 'NoSuchEntity');
  const policyOf = (input: Json) => `${input.RoleName}/${input.PolicyName}`;
  const iam: Record<string, Call> = {
    CreateRole: (input) => {
      const Role = roles.add(input.RoleName, {
        RoleName: input.RoleName,
        RoleId: newId(),
        Arn: `arn:aws:iam::${account}:role/${input.RoleName}`,
        Path: '/',
        CreateDate: new Date().toISOString(),
        MaxSessionDuration: input.MaxSessionDuration,
        AssumeRolePolicyDocument: encodeURIComponent(String(input.AssumeRolePolicyDocument)),
      });
      return { Role };
    },
    GetRole: ({ RoleName }) => ({ Role: roles.get(RoleName) }),
    DeleteRole: ({ RoleName }) => roles.remove(RoleName),
    ListRolePolicies: ({ RoleName }) => ({
      PolicyNames: rolePolicies.where('RoleName', RoleName).map(({ PolicyName }) => PolicyName),
    }),
    ListAttachedRolePolicies: () => ({ AttachedPolicies: [] }),
    ListInstanceProfilesForRole: () => ({ InstanceProfiles: [] }),
    PutRolePolicy: (input) => {
      const { RoleName, PolicyName, PolicyDocument } = input;
      roles.get(RoleName);
      const document = encodeURIComponent(String(PolicyDocument));
      rolePolicies.add(policyOf(input), { RoleName, PolicyName, PolicyDocument: document });
      return undefined;
    },
    GetRolePolicy: (input) => rolePolicies.get(policyOf(input)),
    DeleteRolePolicy: (input) => rolePolicies.remove(policyOf(input)),
  };

  const logGroups = shelf('logGroups');
  const logPolicies = shelf('logPolicies');
  const logs: Record<string, Call> = {
    CreateLogGroup: ({ logGroupName }) => {
      const group = arn('logs', `log-group:${logGroupName}`);
      logGroups.add(logGroupName, { logGroupName, arn: `${group}:*`, logGroupArn: group });
      return undefined;
    },
    PutRetentionPolicy: ({ logGroupName, retentionInDays }) => {
      Object.assign(logGroups.get(logGroupName), { retentionInDays });
      return undefined;
    },
    DescribeLogGroups: ({ logGroupNamePrefix }) => ({
      logGroups: logGroups.where('logGroupName', logGroupNamePrefix),
    }),
    DeleteLogGroup: ({ logGroupName }) => logGroups.remove(logGroupName),
    ListTagsForResource: () => ({ tags: {} }),
    PutResourcePolicy: (input) => ({ resourcePolicy: logPolicies.add(input.policyName, input) }),
    DescribeResourcePolicies: () => ({ resourcePolicies: logPolicies.where('policyName', '') }),
    DeleteResourcePolicy: ({ policyName }) => logPolicies.remove(policyName),
  };

  const tables = shelf('tables');
  const dynamodb: Record<string, Call> = {
    CreateTable: (input) => ({
      TableDescription: tables.add(input.TableName, {
        ...input,
        TableArn: arn('dynamodb', `table/${input.TableName}`),
        TableStatus: 'ACTIVE',
        BillingModeSummary: { BillingMode: input.BillingMode },
      }),
    }),
    DescribeTable: ({ TableName }) => ({ Table: tables.get(TableName) }),
    DescribeContinuousBackups: () => ({
      ContinuousBackupsDescription: { ContinuousBackupsStatus: 'ENABLED' },
    }),
    DescribeTimeToLive: () => ({ TimeToLiveDescription: { TimeToLiveStatus: 'DISABLED' } }),
    ListTagsOfResource: () => ({ Tags: [] }),
    DeleteTable: ({ TableName }) => {
      const TableDescription = tables.get(TableName);
      tables.remove(TableName);
      return { TableDescription };
    },
  };

  const functions = shelf('functions');
  const permissions = shelf('permissions');
  const lambda: Record<string, Call> = {
    'POST /2015-03-31/functions': ({ Code: _, ...input }) =>
      functions.add(input.FunctionName, {
        ...input,
        FunctionArn: arn('lambda', `function:${input.FunctionName}`),
        Version: '$LATEST',
        State: 'Active',
        LastUpdateStatus: 'Successful',
      }),
    'GET /2015-03-31/functions/{name}': ({ name }) => ({ Configuration: functions.get(name), Code: {} }),
    'GET /2015-03-31/functions/{name}/versions': ({ name }) => ({ Versions: [functions.get(name)] }),
    'GET /2020-06-30/functions/{name}/code-signing-config': ({ name }) => ({ FunctionName: name }),
    'DELETE /2015-03-31/functions/{name}': ({ name }) => functions.remove(name),
    'POST /2015-03-31/functions/{name}/policy': ({ name, StatementId, ...input }) => {
      const { FunctionArn } = functions.get(name);
      const statement = {
        name,
        Sid: StatementId,
        Effect: 'Allow',
        Principal: { Service: input.Principal },
        Action: input.Action,
        Resource: FunctionArn,
        Condition: { ArnLike: { 'AWS:SourceArn': input.SourceArn } },
      };
      return { Statement: JSON.stringify(permissions.add(`${name}/${StatementId}`, statement)) };
    },
    'GET /2015-03-31/functions/{name}/policy': ({ name }) => ({
      Policy: JSON.stringify({ Version: '2012-10-17', Statement: permissions.where('name', name) }),
    }),
    'DELETE /2015-03-31/functions/{name}/policy/{sid}': ({ name, sid }) =>
      permissions.remove(`${name}/${sid}`),
  };

  const apis = shelf('apis', 'NotFoundException');
  const integrations = shelf('integrations', 'NotFoundException');
  const routes = shelf('routes', 'NotFoundException');
  const stages = shelf('stages', 'NotFoundException');
  const restCalls = (path: string, all: Shelf, idField: string): Record<string, Call> => ({
    [`POST ${path}`]: (input) => {
      const id = input[idField] ?? newId();
      return all.add(id, { ...input, [idField]: id });
    },
    [`GET ${path}/{id}`]: ({ id }) => all.get(id),
    [`DELETE ${path}/{id}`]: ({ id }) => all.remove(id),
  });
  const apigateway = {
    ...restCalls('/v2/apis', apis, 'apiId'),
    ...restCalls('/v2/apis/{api}/integrations', integrations, 'integrationId'),
    ...restCalls('/v2/apis/{api}/routes', routes, 'routeId'),
    ...restCalls('/v2/apis/{api}/stages', stages, 'stageName'),
  };

  const stateMachines = shelf('stateMachines', 'StateMachineDoesNotExist');
  const states: Record<string, Call> = {
    ValidateStateMachineDefinition: () => ({ result: 'OK', diagnostics: [] }),
    CreateStateMachine: (input) => {
      const stateMachineArn = arn('states', `stateMachine:${input.name}`);
      const creationDate = Date.now() / 1000;
      return stateMachines.add(stateMachineArn, {
        ...input,
        stateMachineArn,
        creationDate,
        status: 'ACTIVE',
      });
    },
    DescribeStateMachine: ({ stateMachineArn }) => stateMachines.get(stateMachineArn),
    ListStateMachineVersions: () => ({ stateMachineVersions: [] }),
    ListTagsForResource: () => ({ tags: [] }),
    DeleteStateMachine: ({ stateMachineArn }) => stateMachines.remove(stateMachineArn),
  };

  const registries = shelf('registries', 'NotFoundException');
  const registeredSchemas = shelf('registeredSchemas', 'NotFoundException');
  const registryPath = '/v1/registries/name/{RegistryName}';
  const schemaPath = `${registryPath}/schemas/name/{SchemaName}`;
  const schemaOf = (input: Json) => `${input.RegistryName}/${input.SchemaName}`;
  const schemas: Record<string, Call> = {
    [`POST ${registryPath}`]: (input) =>
      registries.add(input.RegistryName, {
        ...input,
        RegistryArn: arn('schemas', `registry/${input.RegistryName}`),
      }),
    [`GET ${registryPath}`]: ({ RegistryName }) => registries.get(RegistryName),
    [`DELETE ${registryPath}`]: ({ RegistryName }) => registries.remove(RegistryName),
    [`POST ${schemaPath}`]: (input) => {
      registries.get(input.RegistryName);
      return registeredSchemas.add(schemaOf(input), {
        ...input,
        SchemaArn: arn('schemas', `schema/${schemaOf(input)}`),
        SchemaVersion: '1',
      });
    },
    [`GET ${schemaPath}`]: (input) => registeredSchemas.get(schemaOf(input)),
    [`DELETE ${schemaPath}`]: (input) => registeredSchemas.remove(schemaOf(input)),
    'GET /tags/{arn}': () => ({ tags: {} }),
  };

  const sts: Record<string, Call> = {
    GetCallerIdentity: () => ({ Account: account, Arn: `arn:aws:iam::${account}:user/me`, UserId: 'me' }),
  };

  const services = { sts, events, iam, logs, dynamodb, lambda, apigateway, states, schemas };
  const calls = new Map<string, Call>(
    Object.entries(services).flatMap(([service, all]) =>
      Object.entries(all).map(([name, call]) => [`${service}:${name}`, call] as const),
    ),
  );
  return { calls, shelves };
}

/** `{ PolicyNames: ['a'] }` as the XML that IAM and STS answer with. */
function xml(value: unknown): string {
  if (Array.isArray(value)) return value.map((item) => `<member>${xml(item)}</member>`).join('');
  if (typeof value !== 'object' || value === null)
    return String(value).replace(/[<&]/g, (c) => `&#${c.charCodeAt(0)};`);
  return Object.entries(value)
    .filter(([, inner]) => inner !== undefined)
    .map(([name, inner]) => `<${name}>${xml(inner)}</${name}>`)
    .join('');
}

interface Asked {
  call: string;
  input: Json;
  /** How the service writes its answers. */
  form: 'json' | 'xml';
}

/** What a request asks for; the known calls' names tell the paths apart. */
function read(request: IncomingMessage, body: string, known: Iterable<string>): Asked {
  // The signature names the service: Credential=<key>/<date>/<region>/<service>/aws4_request
  const service = /Credential=(?:[^/]+\/){3}([^/]+)/.exec(request.headers.authorization ?? '')?.[1];
  const target = request.headers['x-amz-target'];
  if (typeof target === 'string')
    return { call: `${service}:${target.split('.').at(-1)}`, input: JSON.parse(body), form: 'json' };
  if (request.headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
    const input: Json = Object.fromEntries(new URLSearchParams(body));
    return { call: `${service}:${input.Action}`, input, form: 'xml' };
  }
  const { pathname } = new URL(request.url ?? '/', 'http://aws');
  const asked = `${service}:${request.method} ${pathname}`;
  for (const call of known) {
    const parts = new RegExp(`^${call.replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`).exec(asked);
    if (!parts) continue;
    const inPath = Object.entries(parts.groups ?? {}).map(([name, part]) => [name, decodeURIComponent(part)]);
    return { call, input: { ...(body && JSON.parse(body)), ...Object.fromEntries(inPath) }, form: 'json' };
  }
  return { call: asked, input: {}, form: 'json' };
}

/** Starts AWS's control plane in memory, on a free port of the loopback interface. */
export async function startFakeAws(): Promise<FakeAws> {
  const { calls, shelves } = controlPlane();
  const requests: FakeAws['requests'] = [];
  const refused: string[] = [];

  function answer({ call, input }: Asked): Json {
    requests.push({ call, input });
    const known = calls.get(call);
    if (known) return known(input) ?? {};
    refused.push(call);
    throw new AwsError(400, 'UnknownCall', `fake-aws.ts doesn't know the call ${call}`);
  }

  const server = createServer(async (request, response) => {
    const asked = read(request, await text(request), calls.keys());
    const name = asked.call.split(':').at(-1);
    const write = (result: Json, asXml: Json) =>
      response.end(asked.form === 'xml' ? xml(asXml) : JSON.stringify(result));
    try {
      const result = answer(asked);
      write(result, { [`${name}Response`]: { [`${name}Result`]: result } });
    } catch (error) {
      const { status, code, message } =
        error instanceof AwsError ? error : new AwsError(400, 'FakeIsBroken', `${asked.call}: ${error}`);
      response.writeHead(status, { 'x-amzn-errortype': code });
      write({ __type: code, message }, { ErrorResponse: { Error: { Code: code, Message: message } } });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    refused,
    resources: () =>
      [...shelves].flatMap(([kind, { items }]) => [...items.keys()].map((key) => `${kind} ${key}`)),
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
