import type { Allow } from './policy.ts';

/** What the call of a state needs a permission for. */
interface CallNeeds {
  /** The permission: `dynamodb:PutItem`. */
  action: string;
  /** The type of the Terraform resource that is called: `aws_dynamodb_table`. */
  type: string;
  /** The references to what is called, in the parameters of the state. */
  called: (parameters: Fields) => unknown[];
}

type Fields = Readonly<Record<string, unknown>>;

const table = (operation: string): CallNeeds => ({
  action: `dynamodb:${operation}`,
  type: 'aws_dynamodb_table',
  called: ({ TableName }) => [TableName],
});
const invoke: CallNeeds = {
  action: 'lambda:InvokeFunction',
  type: 'aws_lambda_function',
  called: ({ FunctionName }) => [FunctionName],
};
const putEvents: CallNeeds = {
  action: 'events:PutEvents',
  type: 'aws_cloudwatch_event_bus',
  called: ({ Entries }) =>
    (Array.isArray(Entries) ? Entries : [{}]).map((entry) => fieldsOf(entry).EventBusName),
};

/** By the name after `arn:aws:states:::`, less `aws-sdk:` and the pattern. */
const needs: Readonly<Record<string, CallNeeds>> = {
  'dynamodb:deleteItem': table('DeleteItem'),
  'dynamodb:getItem': table('GetItem'),
  'dynamodb:putItem': table('PutItem'),
  'dynamodb:query': table('Query'),
  'dynamodb:updateItem': table('UpdateItem'),
  'eventbridge:putEvents': putEvents,
  'events:putEvents': putEvents,
  'lambda:invoke': invoke,
  'sqs:sendMessage': {
    action: 'sqs:SendMessage',
    type: 'aws_sqs_queue',
    called: ({ QueueUrl }) => [QueueUrl],
  },
};

/**
 * What a state machine has to be allowed, so that its states can call what they call.
 *
 * @param states the states of its definition, with references as Terraform writes them: `${aws_sqs_queue.q.url}`
 * @param allowed what it is allowed anyway; covers the calls whose resource only the input names
 * @throws {Error} for a state whose grant can't be derived
 */
export function workflowGrants(states: Fields, allowed: readonly Allow[]): Allow[] {
  const byArn = new Map<string, Set<string>>();
  for (const [name, state] of tasksIn(states)) {
    for (const { action, arn } of grantsOf(name, state, allowed)) {
      byArn.set(arn, (byArn.get(arn) ?? new Set()).add(action));
    }
  }
  return [...byArn].map(([arn, actions]) => ({ actions: [...actions], resources: [arn] }));
}

/** The Task states, inside of Map and Parallel states too. */
function tasksIn(value: unknown, isStates = true): [name: string, state: Fields][] {
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    const deeper = tasksIn(inner, name === 'States');
    return isStates && fieldsOf(inner).Type === 'Task'
      ? [[name, fieldsOf(inner)] as const, ...deeper]
      : deeper;
  }) as [string, Fields][];
}

function grantsOf(name: string, state: Fields, allowed: readonly Allow[]): { action: string; arn: string }[] {
  const resource = String(state.Resource);
  const call = /:states:::(?:aws-sdk:)?([^.]+)/.exec(resource)?.[1];
  const need = call === undefined ? { ...invoke, called: () => [resource] } : needs[call];
  if (!need) {
    throw new Error(
      `The state ${name} calls ${resource}, whose permission isn't known. Known are ${Object.keys(needs).join(', ')}, and ` +
        'functions by their ARN. Add it to workflow-grants.ts',
    );
  }
  const { action, type } = need;
  return need.called(fieldsOf(state.Parameters ?? state.Arguments)).flatMap((reference) => {
    const [, address, found] = /^\$\{((\w+)\.[\w-]+)\.\w+\}$/.exec(String(reference)) ?? [];
    if (found === type) return [{ action, arn: `\${${address}.arn}` }];
    if (allowed.some(({ actions }) => actions.includes(action))) return [];
    throw new Error(
      `The state ${name} calls ${resource} with ${reference ?? 'nothing'} where a reference to an ${type} of the stack gives ` +
        `it ${action} by itself. For one that only the input names, say in \`allow\` what ${action} is for`,
    );
  });
}

const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? (value as Fields) : {};
