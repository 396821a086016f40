/** What the synthesized stack says about who publishes to the bus, and what is delivered to whom. */

/** What publishes or consumes events. */
export interface Party {
  /** Its name in the stack, `persister`: for a function, the folder of `apps/` as well. */
  id: string;
  kind: 'function' | 'state machine' | 'API destination' | 'log group' | 'queue';
  /** Its name on AWS: `orders-persister`. */
  name: string;
}

export interface Publisher extends Party {
  /** Whether its role lets it put events on the bus. */
  mayPublish: boolean;
  /** The detail-types that it is seen to publish; what a function publishes, only its code says. */
  publishes: string[];
}

/** A rule, and where it delivers to. */
export interface Rule {
  name: string;
  pattern: { source?: unknown[]; 'detail-type'?: unknown[]; detail?: object };
  target: Party;
}

export interface Topology {
  busName: string;
  /** Everything that runs code or a workflow, and so could publish. */
  publishers: Publisher[];
  rules: Rule[];
}

type Block = Record<string, unknown>;
interface Resource {
  type: string;
  address: string;
  /** The constructs that it is in: `['bus', 'USOrdertoAPI', 'target']`. */
  path: string[];
  config: Block;
}

/** The types that publish or consume: what to call them, and which argument has their name on AWS. */
const parties: Record<string, { kind: Party['kind']; name: string }> = {
  aws_lambda_function: { kind: 'function', name: 'function_name' },
  aws_sfn_state_machine: { kind: 'state machine', name: 'name' },
  aws_cloudwatch_event_api_destination: { kind: 'API destination', name: 'name' },
  aws_cloudwatch_log_group: { kind: 'log group', name: 'name' },
  aws_sqs_queue: { kind: 'queue', name: 'name' },
};

/**
 * Reads a synthesized stack, the JSON of a `cdk.tf.json`.
 *
 * @throws an Error that names the resource for what a document couldn't be made of: a second bus, a target of a
 *   kind that isn't known here
 */
export function readTopology(stack: { resource: Record<string, Record<string, Block>> }): Topology {
  const resources = Object.entries(stack.resource).flatMap(([type, byId]) =>
    Object.entries(byId).map(([id, config]): Resource => {
      const { metadata } = config['//'] as { metadata: { path: string } };
      return { type, address: `${type}.${id}`, path: metadata.path.split('/').slice(1), config };
    }),
  );
  const ofType = (type: string) => resources.filter((resource) => resource.type === type);
  /** The resource that a value refers to: `${aws_iam_role.bus_role_72E0495A.arn}`. */
  const referred = (value: unknown, by: Resource): Resource => {
    const address = /^\$\{(.+)\.\w+\}$/.exec(String(value))?.[1];
    const resource = resources.find((candidate) => candidate.address === address);
    if (resource) return resource;
    throw new Error(`${by.path.join('/')} refers to ${value}, which isn't in the stack`);
  };
  const partyOf = (resource: Resource): Party => {
    const known = parties[resource.type];
    const [id = ''] = resource.path;
    if (known) return { id, kind: known.kind, name: String(resource.config[known.name]) };
    throw new Error(
      `${resource.path.join('/')} is a ${resource.type}; the documents know ${Object.keys(parties).join(', ')}`,
    );
  };

  const [bus, ...otherBuses] = ofType('aws_cloudwatch_event_bus');
  if (!bus || otherBuses.length > 0)
    throw new Error(`the stack has ${otherBuses.length + (bus ? 1 : 0)} buses`);

  const mayPublish = (roleArn: unknown, by: Resource): boolean => {
    const role = referred(roleArn, by);
    return ofType('aws_iam_role_policy')
      .filter((policy) => referred(policy.config.role, policy) === role)
      .flatMap(({ config }) => JSON.parse(String(config.policy)).Statement as Block[])
      .some(
        ({ Effect, Action, Resource }) =>
          Effect === 'Allow' &&
          [Action].flat().includes('events:PutEvents') &&
          [Resource].flat().includes(`\${${bus.address}.arn}`),
      );
  };
  const publishers = ['aws_lambda_function', 'aws_sfn_state_machine'].flatMap(ofType).map((resource) => ({
    ...partyOf(resource),
    mayPublish: mayPublish(resource.config.role ?? resource.config.role_arn, resource),
    publishes:
      typeof resource.config.definition === 'string'
        ? [...detailTypesIn(JSON.parse(resource.config.definition))]
        : [],
  }));

  const onBus = ofType('aws_cloudwatch_event_target').filter(
    ({ config }) => config.event_bus_name === `\${${bus.address}.name}`,
  );
  const rules = onBus.map((target) => {
    const { config } = referred(target.config.rule, target);
    return {
      name: String(config.name),
      pattern: JSON.parse(String(config.event_pattern)),
      target: partyOf(referred(target.config.arn, target)),
    };
  });
  return { busName: String(bus.config.name), publishers, rules };
}

/** Every DetailType in a state machine's definition, however deep the state that puts the event. */
function detailTypesIn(value: unknown): Set<string> {
  if (typeof value !== 'object' || value === null) return new Set();
  return new Set(
    Object.entries(value).flatMap(([key, inner]) =>
      key === 'DetailType' ? [String(inner)] : [...detailTypesIn(inner)],
    ),
  );
}
