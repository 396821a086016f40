import type { Block, StackJson } from '../scripts/stack-json.ts';

/** The attributes of the first resource of a type. */
const first = (stack: StackJson, type: string): Block => {
  const [found] = Object.values(stack.resource[type] ?? {});
  if (!found) throw new Error(`the stack has no ${type}`);
  return found;
};

const replace = (attributes: Block, name: string, from: string | RegExp, to: string) => {
  const text = String(attributes[name]);
  attributes[name] = text.replace(from, to);
  if (attributes[name] === text) throw new Error(`there is no ${from} to replace in ${text}`);
};

const placed = (path: string, attributes: Block): Block => ({
  '//': { metadata: { path: `orders/${path}` } },
  ...attributes,
});

/** What could be added to a stack or changed in it, and must not be. Each function does so in place. */
export const weakenings: Record<string, (stack: StackJson) => void> = {
  'a rule with no target': ({ resource }) => {
    const targets = resource.aws_cloudwatch_event_target ?? {};
    delete targets[Object.keys(targets)[0] ?? ''];
  },
  'a target that changes the event': (stack) => {
    first(stack, 'aws_cloudwatch_event_target').input_path = '$.detail';
  },
  'an archive of some events': (stack) => {
    first(stack, 'aws_cloudwatch_event_archive').event_pattern = '{"source":["aws.ec2"]}';
  },
  'a queue that nothing sends to': ({ resource }) => {
    const queue = { sqs_managed_sse_enabled: true, message_retention_seconds: 1_209_600 };
    resource.aws_sqs_queue = { ...resource.aws_sqs_queue, lonely: placed('lonely', queue) };
  },
  'an alarm that the dashboard does not show': (stack) => {
    replace(first(stack, 'aws_cloudwatch_dashboard'), 'dashboard_body', '"alarms":', '"others":');
  },
  'a graph of nothing': (stack) => {
    replace(first(stack, 'aws_cloudwatch_dashboard'), 'dashboard_body', '"AWS/SQS"', '"AWS/SNS"');
  },
  'a policy that allows all but some actions': (stack) => {
    replace(first(stack, 'aws_iam_role_policy'), 'policy', '"Action"', '"NotAction"');
  },
  'a policy that allows every action of a service': (stack) => {
    replace(first(stack, 'aws_iam_role_policy'), 'policy', /"(\w+):\w+"/, '"$1:*"');
  },
  'a policy that lets in everybody': (stack) => {
    replace(first(stack, 'aws_sqs_queue_policy'), 'policy', '"events.amazonaws.com"', '"*"');
  },
  'a managed policy of a role': (stack) => {
    first(stack, 'aws_iam_role').managed_policy_arns = ['arn:aws:iam::aws:policy/AdministratorAccess'];
  },
  'a policy that is attached to a role': ({ resource }) => {
    resource.aws_iam_role_policy_attachment = { more: placed('more', { role: 'r', policy_arn: 'arn' }) };
  },
  'a variable that says nothing of itself': ({ variable }) => {
    delete variable.aws_region?.description;
  },
  'a secret in the environment of a function': (stack) => {
    first(stack, 'aws_lambda_function').environment = { variables: { KEY: '${var.us_partner_api_key}' } };
  },
  'a key in the code of the stack': (stack) => {
    first(stack, 'aws_cloudwatch_event_connection').auth_parameters = { api_key: { key: 'k', value: 'v' } };
  },
};
