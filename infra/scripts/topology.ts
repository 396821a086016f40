/** Reads the publishers and consumers of the bus from the synthesized stack. */
import { type Block, type Element, elementsOf, type StackJson } from './stack-json.ts';

/** A publisher or a consumer of events. */
export interface Party {
  /** Its name in the stack, such as `persister`. For a function, also its folder in `apps/`. */
  id: string;
  kind: 'function' | 'state machine' | 'API destination' | 'log group' | 'queue';
  /** Its name on AWS, such as `orders-persister`. */
  name: string;
}

export interface Publisher extends Party {
  /** Whether its role lets it put events on the bus. */
  mayPublish: boolean;
  /** The detail-types in its definition. Empty for a function: only its code says what it publishes. */
  publishes: string[];
}

/** A rule and its target. */
export interface Rule {
  name: string;
  pattern: { source?: unknown[]; 'detail-type'?: unknown[]; detail?: object };
  target: Party;
}

export interface Topology {
  busName: string;
  /** Everything that could publish: functions and workflows. */
  publishers: Publisher[];
  rules: Rule[];
}

/** The types of resources that publish or consume, with the attribute that has their name on AWS. */
const parties: Record<string, { kind: Party['kind']; name: string }> = {
  aws_lambda_function: { kind: 'function', name: 'function_name' },
  aws_sfn_state_machine: { kind: 'state machine', name: 'name' },
  aws_cloudwatch_event_api_destination: { kind: 'API destination', name: 'name' },
  aws_cloudwatch_log_group: { kind: 'log group', name: 'name' },
  aws_sqs_queue: { kind: 'queue', name: 'name' },
};

/**
 * Reads who publishes and who consumes from a synthesized stack.
 *
 * @throws an Error that names the resource which no document can show: a second bus, a target of an unknown type
 */
export function readTopology(stack: StackJson): Topology {
  const elements = elementsOf(stack);
  const ofType = (type: string) => elements.filter((element) => element.type === type);
  /** The resource that a value refers to: `${aws_iam_role.bus_role_72E0495A.arn}`. */
  const referred = (value: unknown, by: Element): Element => {
    const address = /^\$\{(.+)\.\w+\}$/.exec(String(value))?.[1];
    const element = elements.find((candidate) => candidate.address === address);
    if (element) return element;
    throw new Error(`${by.path} refers to ${value}, which isn't in the stack`);
  };
  const partyOf = ({ type, path, attributes }: Element): Party => {
    const known = parties[type];
    const [id = ''] = path.split('/');
    if (known) return { id, kind: known.kind, name: String(attributes[known.name]) };
    throw new Error(`${path} is of the type ${type}; the documents know ${Object.keys(parties).join(', ')}`);
  };

  const [bus, ...otherBuses] = ofType('aws_cloudwatch_event_bus');
  if (!bus || otherBuses.length > 0)
    throw new Error(`the stack has ${otherBuses.length + (bus ? 1 : 0)} buses; the documents show one`);

  const mayPublish = (roleArn: unknown, by: Element): boolean => {
    const role = referred(roleArn, by);
    return ofType('aws_iam_role_policy')
      .filter((policy) => referred(policy.attributes.role, policy) === role)
      .flatMap(({ attributes }) => JSON.parse(String(attributes.policy)).Statement as Block[])
      .some(
        ({ Effect, Action, Resource }) =>
          Effect === 'Allow' &&
          [Action].flat().includes('events:PutEvents') &&
          [Resource].flat().includes(`\${${bus.address}.arn}`),
      );
  };
  const publishers = ['aws_lambda_function', 'aws_sfn_state_machine'].flatMap(ofType).map((element) => {
    const { role, role_arn, definition } = element.attributes;
    return {
      ...partyOf(element),
      mayPublish: mayPublish(role ?? role_arn, element),
      publishes: typeof definition === 'string' ? [...detailTypesIn(JSON.parse(definition))] : [],
    };
  });

  const onBus = ofType('aws_cloudwatch_event_target').filter(
    ({ attributes }) => attributes.event_bus_name === `\${${bus.address}.name}`,
  );
  const rules = onBus.map((target) => {
    const { attributes } = referred(target.attributes.rule, target);
    return {
      name: String(attributes.name),
      pattern: JSON.parse(String(attributes.event_pattern)),
      target: partyOf(referred(target.attributes.arn, target)),
    };
  });
  return { busName: String(bus.attributes.name), publishers, rules };
}

/** Every DetailType in the definition of a state machine, however deep the state that puts the event. */
function detailTypesIn(value: unknown): Set<string> {
  if (typeof value !== 'object' || value === null) return new Set();
  return new Set(
    Object.entries(value).flatMap(([key, inner]) =>
      key === 'DetailType' ? [String(inner)] : [...detailTypesIn(inner)],
    ),
  );
}
