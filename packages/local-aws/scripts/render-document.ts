import { mapValues } from '../src/json.ts';
import {
  describeParameter,
  type Operation,
  type Parameters,
  type ServiceOperations,
} from '../src/operation.ts';
import type { ResourceType } from '../src/plan/resource-types.ts';
import type { Integration } from '../src/services/workflow/integration.ts';
import type { ShownBy } from './shown-by.ts';

/** What the document is about. */
export interface Known {
  services: readonly ServiceOperations[];
  /** What workflows can call, by the name that follows `arn:aws:states:::`. */
  integrations: Readonly<Record<string, Integration>>;
  /** What is counted for CloudWatch, by namespace. */
  metrics: Readonly<Record<string, { names: readonly string[] }>>;
  resourceTypes: Readonly<Record<string, ResourceType>>;
  /** What AWS takes of an argument, by the type of resource and the argument. */
  limits: Readonly<Record<string, Readonly<Record<string, { takes: string }>>>>;
  /** The attributes of each data source. */
  dataSources: Readonly<Record<string, object>>;
  /** The test that shows each operation and parameter. */
  shownBy: ShownBy;
}

/** What AWS calls a service, by the beginning of its actions in a policy. */
const serviceNames: Readonly<Record<string, string>> = {
  cloudwatch: 'CloudWatch',
  dynamodb: 'DynamoDB',
  events: 'EventBridge',
  lambda: 'Lambda',
  logs: 'CloudWatch Logs',
  servicequotas: 'Service Quotas',
  sqs: 'SQS',
  states: 'Step Functions',
  sts: 'STS',
  xray: 'X-Ray',
};

/**
 * Renders `docs/local-aws.md`: the operations that AWS SDKs can call here, and what may be in a stack.
 *
 * @throws an Error for a service without a name
 */
export function renderDocument({
  services,
  integrations,
  metrics,
  resourceTypes,
  limits,
  dataSources,
  shownBy,
}: Known): string {
  const types = Object.entries(resourceTypes).sort(byKey);
  const running = types.filter(([, { inert }]) => inert === undefined);
  const inert = types.filter(([, { inert }]) => inert !== undefined);
  return `<!-- Generated from packages/local-aws by \`pnpm docs:generate\`. Edit its tables, not this file. -->

# What the local run knows of AWS

The local run refuses every other operation, parameter, resource type and argument by its name.

## Operations

Any AWS SDK, and the AWS CLI, can call them. A test of \`packages/local-aws\` shows each of their parameters.
${services
  .map((service) => [nameOf(service), service] as const)
  .sort(byKey)
  .map(([name, service]) => renderService(name, service, shownBy))
  .join('')}
${renderIntegrations(integrations)}
${renderMetrics(metrics)}
## Resource types

The stack may have resources of these types, with these arguments. Nested blocks have arguments of their own, which are
checked too.
${running.map(([type, config]) => renderType(type, config, limits[type])).join('')}
## Resource types without behaviour

The stack may have them with any arguments. Nothing happens here because of them.

${list(inert.map(([type, { inert: why = '' }]) => `${code(type)}: ${why}`))}
## Data sources

${list(Object.entries(dataSources).map(([type, attributes]) => `${code(type)}: ${codes(Object.keys(attributes))}`))}`;
}

const byKey = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]) => (a < b ? -1 : 1);

function nameOf({ action, target }: ServiceOperations): string {
  const name = serviceNames[action];
  if (name !== undefined) return name;
  throw new Error(
    `scripts/render-document.ts has no name for the service of ${target}, whose actions begin with ${action}`,
  );
}

const renderService = (name: string, { action, operations }: ServiceOperations, shownBy: ShownBy) => `
### ${name}
${Object.entries(operations)
  .sort(byKey)
  .map(([operation, known]) => renderOperation(operation, action, known, shownBy))
  .join('')}`;

function renderOperation(
  name: string,
  service: string,
  { action, parameters }: Operation,
  shownBy: ShownBy,
): string {
  const permission = action === undefined ? '' : `\nIts permission is ${code(`${service}:${action}`)}.\n`;
  const path = `${service}:${name}`;
  const rows = renderParameters(parameters, path, '', shownBy);
  const table = `| parameter | may be | shown by |\n| --- | --- | --- |\n${rows.join('')}`;
  return `\n#### ${code(name)}\n${permission}\n${rows.length > 0 ? table : `It has no parameters. Shown by ${shownBy[path] ?? ''}\n`}`;
}

/** A row for each parameter, and for each that its items have. */
const renderParameters = (parameters: Parameters, path: string, inside: string, shownBy: ShownBy): string[] =>
  Object.entries(parameters).flatMap(([name, parameter]) => {
    const { type, required, items } = parameter;
    // The operation reads a value of any type by itself.
    const allowed = type === 'any' ? '' : describeParameter(parameter);
    const here = `${path}.${name}`;
    const row = [`${code(inside + name)}${required ? ' (required)' : ''}`, allowed, shownBy[here] ?? ''];
    const escaped = row.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' '));
    return [
      `| ${escaped.join(' | ')} |\n`,
      ...renderParameters(items ?? {}, here, `${inside}${name}${type === 'list' ? '[]' : ''}.`, shownBy),
    ];
  });

const renderIntegrations = (integrations: Known['integrations']) => `## What workflows call

A Task state can call a Lambda function by its ARN, and what follows. Each name comes after ${code('arn:aws:states:::')}, and
takes the parameters of its operation above. Every call is made in the role of the workflow.

${list(Object.entries(integrations).sort(byKey).map(renderIntegration))}
Results, and the names of errors, have AWS's form: ${code('DynamoDB.ConditionalCheckFailedException')} of
${code('dynamodb:')}, and ${code('DynamoDb.ConditionalCheckFailedException')} of ${code('aws-sdk:dynamodb:')}. Of the headers
in ${code('SdkHttpMetadata')}, there are ${code('Date')} and ${code('x-amzn-RequestId')} only.

${code('TestState')} tests a state with a mocked result, which has to fit what the service answers. What is inside of
${code('Payload')}, ${code('Item')} and ${code('Attributes')} isn't checked. AWS has this operation at an address of its own:
an SDK needs ${code('disableHostPrefix: true')} to find it here.
`;

const renderIntegration = ([name, { patterns }]: readonly [string, Integration]) =>
  code(name) + (patterns.includes('waitForTaskToken') ? `, also with ${code('.waitForTaskToken')}` : '');

const renderMetrics = (metrics: Known['metrics']) => `## Metrics

The services count these metrics, by the minute, from the start of the local run on. The functions' own come from their log lines in
the embedded metric format. ${code('DescribeAlarms')} evaluates the alarms of the stack; an alarm on any other metric has
${code('INSUFFICIENT_DATA')}, and says why.

${list(Object.entries(metrics).map(([namespace, { names }]) => `${code(namespace)}: ${codes(names)}`))}`;

const renderType = (
  type: string,
  { arguments: known, withoutEffect = {}, notEnforced = {} }: ResourceType,
  limits: Known['limits'][string] = {},
) => `
### ${code(type)}

${codes(known)}
${renderNotes(
  'Limits',
  mapValues(limits, ({ takes }) => takes),
)}${renderNotes('Without effect', withoutEffect)}${renderNotes('Not enforced', notEnforced)}`;

/** A sentence for each argument that has one. */
function renderNotes(title: string, notes: Readonly<Record<string, string>>): string {
  const entries = Object.entries(notes);
  return entries.length > 0
    ? `\n${title}:\n\n${list(entries.map(([argument, note]) => `${code(argument)}: ${note}`))}`
    : '';
}

const code = (text: string) => `\`${text}\``;
const codes = (texts: readonly string[]) => texts.map(code).join(', ');
const list = (items: readonly string[]) => items.map((item) => `- ${item}\n`).join('');
