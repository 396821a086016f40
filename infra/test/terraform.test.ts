import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from '@jest/globals';
import { type Block, elementsOf, expression, synth, synthStack } from './synth.ts';
import { terraformFor, timeoutMs } from './terraform.ts';

const stack = synthStack();
const { terraform, terraformTest } = terraformFor(stack);

const variables = {
  us_partner_endpoint: 'https://partner.example/orders',
  us_partner_api_key: 'the-key-of-the-partner',
};
const elements = elementsOf(stack);

/** What AWS answers for an attribute of a resource: it names both, so that none is like another. */
function answer(path: string, attribute: string): string {
  if (attribute === 'partition') return 'aws-cn';
  const name = `${path.replaceAll('/', '-')}.${attribute}`;
  return attribute.endsWith('arn') ? `arn:aws-cn:mock:cn-north-1:123456789012:${name}` : name;
}

/** A Terraform test that applies the stack to a mocked AWS, which answers what `answer` says. */
function mockedApply(): string {
  const references = [...JSON.stringify(stack).matchAll(expression)].map(({ groups }) => groups ?? {});
  const overrides = elements.map(({ address, path, attributes }) => {
    const asked = references
      .filter((reference) => reference.address === address)
      .map(({ attribute = '' }) => attribute.slice(1))
      .filter((attribute) => !(attribute in attributes));
    const values = Object.fromEntries(asked.map((attribute) => [attribute, answer(path, attribute)]));
    const kind = address.startsWith('data.') ? 'override_data' : 'override_resource';
    return `${kind} {\n  target = ${address}\n  values = ${JSON.stringify(values)}\n}`;
  });
  const values = Object.entries(variables).map(([name, value]) => `  ${name} = ${JSON.stringify(value)}`);
  return [
    'mock_provider "aws" {}',
    ...overrides,
    `variables {\n${values.join('\n')}\n}`,
    'run "apply" {}',
  ].join('\n');
}

interface State {
  root_module: { resources: { address: string; values: Block }[] };
}

function apply(): State {
  writeFileSync(join(moduleDir, 'apply.tftest.hcl'), mockedApply());
  const { ok, stdout, stderr } = terraform.run(moduleDir, 'test', '-json', '-verbose');
  const messages = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line): { '@message': string; test_state?: State } => JSON.parse(line));
  const state = messages.find(({ test_state }) => test_state)?.test_state;
  if (ok && state) return state;
  const said = messages.map((message) => message['@message']).join('\n');
  throw new Error(`terraform test fails:\n${said}\n${stderr}`);
}

let outdir: string;
let moduleDir: string;
beforeAll(() => {
  ({ outdir, moduleDir } = synth());
  const pluginDir = `-plugin-dir=${terraform.pluginDir}`;
  const { ok, stderr } = terraform.run(
    moduleDir,
    'init',
    '-backend=false',
    '-input=false',
    '-no-color',
    pluginDir,
  );
  if (!ok) throw new Error(`terraform init of the stack fails:\n${stderr}`);
}, timeoutMs);

afterAll(() => rmSync(outdir, { recursive: true }));

terraformTest('Terraform and the AWS provider take the stack as valid, with no warning', () => {
  const { stdout } = terraform.run(moduleDir, 'validate', '-json');
  expect(JSON.parse(stdout)).toMatchObject({ valid: true, diagnostics: [] });
});

describe('applied to a mocked AWS, in a partition that is not the usual one', () => {
  let state: State;
  beforeAll(() => {
    state = apply();
  }, timeoutMs);

  /** The attributes of the resource at a path, every reference resolved by Terraform itself. */
  function resolved(path: string): Block {
    const address = elements.find((element) => element.path === path)?.address;
    const resource = state.root_module.resources.find((candidate) => candidate.address === address);
    if (!resource) throw new Error(`Terraform's state has no ${address} (${path})`);
    return resource.values;
  }
  const document = (json: unknown) =>
    JSON.parse(String(json)) as { Statement: { Resource: string | string[] }[] };

  terraformTest('the API is let in by the stage and the route, $default as it stands', () => {
    expect(resolved('api/permission')).toMatchObject({
      function_name: 'orders-producer',
      source_arn: `${answer('api/api', 'execution_arn')}/dev/$default`,
    });
  });

  terraformTest('the persister lets in the rule ProcessedOrderstoLambda', () => {
    expect(resolved('bus/ProcessedOrderstoLambda/permission')).toMatchObject({
      function_name: 'orders-persister',
      source_arn: answer('bus/ProcessedOrderstoLambda/rule', 'arn'),
    });
  });

  for (const [rule, to, role] of [
    ['OrdertoCloudWatch', 'bus/OrdertoCloudWatch/log-group', undefined],
    ['USOrdertoAPI', 'us-partner/destination', 'bus/USOrdertoAPI/role/role'],
    ['EUOrdertoStepFunctions', 'workflow/state-machine', 'bus/EUOrdertoStepFunctions/role/role'],
    ['ProcessedOrderstoLambda', 'persister/function', undefined],
  ] as const)
    terraformTest(`${rule} delivers to ${to}`, () => {
      expect(resolved(`bus/${rule}/target`)).toMatchObject({
        event_bus_name: 'Orders',
        rule,
        arn: answer(to, 'arn'),
        role_arn: role ? answer(role, 'arn') : null,
      });
    });

  for (const [policy, resources] of [
    ['bus/USOrdertoAPI/role/policy', [answer('us-partner/destination', 'arn')]],
    ['bus/EUOrdertoStepFunctions/role/policy', [answer('workflow/state-machine', 'arn')]],
    ['workflow/role/policy', [answer('bus/bus', 'arn')]],
    ['producer/role/policy', [`${answer('producer/log-group', 'arn')}:*`, answer('bus/bus', 'arn')]],
    [
      'persister/role/policy',
      [`${answer('persister/log-group', 'arn')}:*`, answer('table/table', 'arn'), answer('bus/bus', 'arn')],
    ],
  ] as const)
    terraformTest(`${policy} names ${resources.length} of the stack's resources`, () => {
      const { Statement } = document(resolved(policy).policy);
      expect(Statement.flatMap(({ Resource }) => Resource)).toEqual(resources);
    });

  terraformTest('the log service lets EventBridge into the log group and its streams', () => {
    const { policy_document } = resolved('bus/OrdertoCloudWatch/log-policy');
    const arn = answer('bus/OrdertoCloudWatch/log-group', 'arn');
    expect(document(policy_document).Statement.map(({ Resource }) => Resource)).toEqual([
      `${arn}:*`,
      `${arn}:*:*`,
    ]);
  });

  terraformTest('the workflow publishes to the bus Orders, in the partition of the account', () => {
    const { definition } = resolved('workflow/state-machine');
    expect(JSON.parse(String(definition))).toMatchObject({
      States: {
        PublishOrderProcessed: {
          Resource: 'arn:aws-cn:states:::events:putEvents',
          Parameters: { Entries: [{ EventBusName: 'Orders' }] },
        },
      },
    });
  });

  terraformTest('the registry Orders gets the schemas as they stand, their patterns as well', () => {
    for (const { path, attributes } of elements.filter(({ type }) => type === 'aws_schemas_schema')) {
      const { registry_name, content } = resolved(path);
      expect(registry_name).toBe('Orders');
      expect(JSON.parse(String(content))).toEqual(JSON.parse(String(attributes.content)));
    }
  });

  terraformTest('the functions know the names of the bus and the table', () => {
    const environment = (path: string) => resolved(path).environment;
    expect(environment('producer/function')).toEqual([{ variables: { BUS_NAME: 'Orders' } }]);
    expect(environment('persister/function')).toEqual([
      { variables: { BUS_NAME: 'Orders', TABLE_NAME: 'OrderDetails' } },
    ]);
  });

  terraformTest('the functions log into log groups that exist', () => {
    for (const app of ['producer', 'persister']) {
      expect(resolved(`${app}/function`).logging_config).toMatchObject([
        { log_group: resolved(`${app}/log-group`).name },
      ]);
    }
  });

  terraformTest('the partner is reached at the address and with the key of the variables', () => {
    expect(resolved('us-partner/destination')).toMatchObject({
      invocation_endpoint: variables.us_partner_endpoint,
      connection_arn: answer('us-partner/connection', 'arn'),
    });
    expect(resolved('us-partner/connection')).toMatchObject({
      auth_parameters: [{ api_key: [{ key: 'x-api-key', value: variables.us_partner_api_key }] }],
    });
  });
});
