import { type Grant, grantOf, permissionsOn } from './iam.ts';
import { isObject } from './json.ts';
import { type Alarm, mapAlarms } from './map-alarms.ts';
import { type Plan, type Resource, text } from './plan/read-plan.ts';
import { readPolicy } from './policy.ts';
import { logGroupOf } from './services/function/function-config.ts';

/** The parts of a stack, and what may go from one to another: read from the stack, with nothing added. */
export interface SystemMap {
  nodes: MapNode[];
  edges: MapEdge[];
}

export interface MapNode {
  /** The kind and the name, as a trace has it: `function orders-persister`. */
  id: string;
  kind: NodeKind;
  name: string;
  arn: string;
  /** The role that it runs in. */
  roleArn?: string;
  /** The log group that it writes to, of a function. */
  logGroup?: string;
  /** The alarms of the stack that look at it. */
  alarms?: readonly Alarm[];
}

export type NodeKind =
  | 'HTTP API'
  | 'function'
  | 'bus'
  | 'rule'
  | 'state machine'
  | 'table'
  | 'queue'
  | 'log group'
  | 'API destination';

export interface MapEdge {
  from: string;
  to: string;
  /** `deadLetter` is the way of what failed. */
  kind: 'call' | 'delivery' | 'deadLetter';
  /** What allows a call. For a delivery, `/_local/rules/<name>/permissions` has it. */
  allowedBy?: readonly Grant[];
}

/** The types of resources that are parts, with the argument that has their name. */
export const parts: readonly (readonly [type: string, kind: NodeKind, name: string])[] = [
  ['aws_apigatewayv2_api', 'HTTP API', 'name'],
  ['aws_lambda_function', 'function', 'function_name'],
  ['aws_cloudwatch_event_bus', 'bus', 'name'],
  ['aws_cloudwatch_event_rule', 'rule', 'name'],
  ['aws_sfn_state_machine', 'state machine', 'name'],
  ['aws_dynamodb_table', 'table', 'name'],
  ['aws_sqs_queue', 'queue', 'name'],
  ['aws_cloudwatch_log_group', 'log group', 'name'],
  ['aws_cloudwatch_event_api_destination', 'API destination', 'name'],
];

const invoke = 'lambda:InvokeFunction';

/** What a role has to be allowed to do to a part, so that whoever is in that role may call it. */
const calls: Readonly<Partial<Record<NodeKind, readonly string[]>>> = {
  bus: ['events:PutEvents'],
  table: ['dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:GetItem', 'dynamodb:Query'],
  queue: ['sqs:SendMessage'],
  function: [invoke],
};

/** Reads the map of a stack. Log groups are on it where events are delivered to them. */
export function readSystemMap(plan: Plan): SystemMap {
  const all = parts.flatMap(([type, kind, argument]) =>
    plan.resources(type).map((resource) => {
      const name = text(resource, argument);
      return { resource, id: `${kind} ${name}`, kind, name, arn: String(resource.attributes.arn ?? '') };
    }),
  );
  const byArn = new Map(all.map((part) => [part.arn, part.id]));
  const idOf = (arn: unknown) => byArn.get(String(arn));
  const edges: MapEdge[] = [];
  const add = (
    from: string | undefined,
    to: string | undefined,
    kind: MapEdge['kind'],
    allowedBy: readonly Grant[] = [],
  ) => {
    if (from === undefined || to === undefined) return;
    edges.push({ from, to, kind, ...(allowedBy.length > 0 && { allowedBy }) });
  };

  for (const { api, functionArn } of integrations(plan)) {
    const grants = permissionsOn(plan, functionArn).flatMap((known) =>
      known.services.includes('apigateway.amazonaws.com') ? [grantOf(known, invoke)] : [],
    );
    add(`HTTP API ${api}`, idOf(functionArn), 'call', grants);
  }
  const deadLetterArns = new Set<string>();
  for (const target of plan.resources('aws_cloudwatch_event_target')) {
    const rule = `rule ${text(target, 'rule')}`;
    add(rule, idOf(target.attributes.arn), 'delivery');
    const { dead_letter_config: dead } = target.attributes;
    if (!isObject(dead)) continue;
    deadLetterArns.add(String(dead.arn));
    add(rule, idOf(dead.arn), 'deadLetter');
  }
  for (const rule of plan.resources('aws_cloudwatch_event_rule')) {
    add(`bus ${text(rule, 'event_bus_name')}`, `rule ${text(rule, 'name')}`, 'delivery');
  }
  for (const config of plan.resources('aws_lambda_function_event_invoke_config')) {
    const { destination_config: destination } = config.attributes;
    const failure = isObject(destination) ? destination.on_failure : undefined;
    if (!isObject(failure)) continue;
    deadLetterArns.add(String(failure.destination));
    add(`function ${text(config, 'function_name')}`, idOf(failure.destination), 'deadLetter');
  }
  for (const { id, kind, resource } of all) {
    if (kind !== 'function' && kind !== 'state machine') continue;
    const statements = policiesOf(plan, roleOf(kind, resource) ?? '').flatMap((policy) =>
      readPolicy(text(policy, 'policy'), 'role', policy.address),
    );
    for (const part of all) {
      const grants = (calls[part.kind] ?? []).flatMap((action) => {
        const found = statements.find(
          (known) => known.allowsAction(action) && known.coversResource(part.arn),
        );
        return found ? [grantOf(found, action)] : [];
      });
      if (grants.length > 0 && !deadLetterArns.has(part.arn)) add(id, part.id, 'call', grants);
    }
  }

  const alarmsOf = mapAlarms(plan);
  const connected = new Set(edges.flatMap(({ from, to }) => [from, to]));
  const nodes = all
    .filter(({ id, kind }) => kind !== 'log group' || connected.has(id))
    .map(({ id, kind, name, arn, resource }): MapNode => {
      const roleArn = roleOf(kind, resource);
      const watching = alarmsOf(kind, resource);
      return {
        id,
        kind,
        name,
        arn,
        ...(roleArn !== undefined && { roleArn }),
        ...(kind === 'function' && { logGroup: logGroupOf(resource) }),
        ...(watching.length > 0 && { alarms: watching }),
      };
    });
  return { nodes, edges: unique(edges) };
}

/** The role that a part runs in, if it has one. */
function roleOf(kind: NodeKind, resource: Resource): string | undefined {
  if (kind === 'function') return text(resource, 'role');
  return kind === 'state machine' ? text(resource, 'role_arn') : undefined;
}

/** The functions behind the routes of the HTTP APIs. */
function* integrations(plan: Plan): Iterable<{ api: string; functionArn: string }> {
  const functions = plan.resources('aws_lambda_function');
  for (const integration of plan.resources('aws_apigatewayv2_integration')) {
    const { api_id: apiId, integration_uri: uri } = integration.attributes;
    const api = plan.resources('aws_apigatewayv2_api').find(({ attributes }) => attributes.id === apiId);
    const fn = functions.find(({ attributes }) => attributes.invoke_arn === uri || attributes.arn === uri);
    if (api && fn) yield { api: text(api, 'name'), functionArn: text(fn, 'arn') };
  }
}

function policiesOf(plan: Plan, roleArn: string): Resource[] {
  const role = plan.resources('aws_iam_role').find(({ attributes }) => attributes.arn === roleArn);
  return plan
    .resources('aws_iam_role_policy')
    .filter(({ attributes }) => attributes.role === role?.attributes.name);
}

const unique = (edges: readonly MapEdge[]): MapEdge[] => [
  ...new Map(edges.map((edge) => [`${edge.from}→${edge.to}`, edge])).values(),
];
