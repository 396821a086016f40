import type { Block } from '../../scripts/stack-json.ts';
import { list, type Stack, type Statement, same, show, statements, textsIn } from '../stack.ts';
import { forEvery, type Invariant } from './invariant.ts';

const tracing = ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'];
const sampling = ['xray:GetSamplingRules', 'xray:GetSamplingTargets'];

/** Whether the statements allow an action on a resource. */
const allow = (statements: readonly Statement[], action: string, resource: unknown) =>
  statements.some(
    ({ Effect, Action, Resource }) =>
      Effect === 'Allow' && list(Action).includes(action) && list<unknown>(Resource).includes(resource),
  );

/** What a function or a workflow lacks of its role: the service that assumes it, its policy, the actions. */
function* roleFaults(
  { role, depends_on }: { role: unknown; depends_on: unknown },
  service: string,
  needed: readonly (readonly [action: string, resource: unknown])[],
  stack: Stack,
) {
  const found = stack.referred(role, 'aws_iam_role');
  if (!found) {
    yield `has no role: ${show(role)}`;
    return;
  }
  const trust = statements(found.attributes.assume_role_policy);
  if (!trust.some(({ Principal }) => same(Principal, { Service: service })))
    yield `its role ${found.path} can't be assumed by ${service}`;
  const policies = stack
    .ofType('aws_iam_role_policy')
    .filter(({ attributes }) => attributes.role === `<${found.path}.name>`);
  if (policies.length === 0) yield `its role ${found.path} has no policy`;
  for (const { path } of policies)
    if (!list(depends_on).includes(`<${path}>`))
      yield `runs before ${path} is there: depends_on is ${show(depends_on)}`;
  const allowed = stack.statementsOf(role);
  for (const [action, resource] of needed)
    if (!allow(allowed, action, resource))
      yield `${policies.map(({ path }) => path)} doesn't allow ${action} on ${show(resource)}`;
}

/** `<table/table.name>` → `table/table` */
const pathsIn = (value: unknown) =>
  textsIn(value).flatMap((text) => [...text.matchAll(/<([\w/-]+)\.\w+>/g)].map(([, path = '']) => path));

const environment = (attributes: Block) =>
  (attributes.environment as { variables?: Block } | undefined)?.variables ?? {};

export const runners: Invariant[] = [
  forEvery(
    'aws_lambda_function',
    'every function runs on Node 22, traced, and writes JSON into a log group of its own',
    function* (attributes, path, stack) {
      const { runtime, tracing_config, logging_config, filename, source_code_hash } = attributes;
      if (runtime !== 'nodejs22.x') yield `runs on ${show(runtime)}`;
      if (!same(tracing_config, { mode: 'Active' })) yield `isn't traced: ${show(tracing_config)}`;
      const { log_format, log_group } = (logging_config ?? {}) as Block;
      const logGroup = stack.referred(log_group, 'aws_cloudwatch_log_group');
      if (log_format !== 'JSON' || !logGroup)
        yield `logs elsewhere: logging_config is ${show(logging_config)}`;
      if (!filename || !source_code_hash)
        yield `has no bundle: filename is ${show(filename)}, source_code_hash is ${show(source_code_hash)}`;
      const others = stack
        .ofType('aws_lambda_function')
        .filter(
          (other) =>
            other.path !== path && show(other.attributes.logging_config)?.includes(String(log_group)),
        );
      if (others.length > 0) yield `shares its log group with ${others.map((other) => other.path)}`;
    },
  ),

  forEvery(
    'aws_lambda_function',
    'every function may write its log, send its traces and use what its environment names',
    function* (attributes, _, stack) {
      const logGroup = String((attributes.logging_config as Block | undefined)?.log_group);
      const streams = `${logGroup.replace(/\.name>$/, '.arn>')}:*`;
      const needed = [
        ...['logs:CreateLogStream', 'logs:PutLogEvents'].map((action) => [action, streams] as const),
        ...tracing.map((action) => [action, '*'] as const),
      ];
      const { role, depends_on } = attributes;
      yield* roleFaults({ role, depends_on }, 'lambda.amazonaws.com', needed, stack);
      const usable = new Set(pathsIn(stack.statementsOf(role).map(({ Resource }) => Resource)));
      for (const path of pathsIn(environment(attributes)))
        if (!usable.has(path)) yield `its role may do nothing with ${path}, which its environment names`;
    },
  ),

  forEvery(
    'aws_lambda_function',
    'no function may do anything with a resource that it has no use for',
    function* (attributes, path, stack) {
      const failures = stack
        .ofType('aws_lambda_function_event_invoke_config')
        .filter((config) => config.attributes.function_name === `<${path}.function_name>`)
        .map((config) => config.attributes.destination_config);
      const known = pathsIn([environment(attributes), attributes.logging_config, failures]);
      for (const { Resource } of stack.statementsOf(attributes.role))
        for (const resource of pathsIn(Resource))
          if (!known.includes(resource)) yield `its role may use ${resource}, which it doesn't know`;
    },
  ),

  forEvery(
    'aws_lambda_function_event_invoke_config',
    'every event that a function fails for is tried twice more, and then kept in a queue',
    function* (config, _, stack) {
      const { maximum_retry_attempts: attempts, maximum_event_age_in_seconds: age } = config;
      if (attempts !== 2) yield `maximum_retry_attempts is ${show(attempts)}; Lambda's most is 2`;
      if (age !== 21_600) yield `maximum_event_age_in_seconds is ${show(age)}; Lambda's most is 21600`;
      const destination = (config.destination_config as { on_failure?: Block } | undefined)?.on_failure
        ?.destination;
      const queue = stack.referred(destination, 'aws_sqs_queue');
      const called = stack.referred(config.function_name, 'aws_lambda_function');
      if (!queue) yield `keeps nothing: destination_config is ${show(config.destination_config)}`;
      if (!called) yield `is for no function of the stack: ${show(config.function_name)}`;
      if (!queue || !called) return;
      const { role } = called.attributes;
      const needed = [['sqs:SendMessage', `<${queue.path}.arn>`] as const];
      yield* roleFaults({ role, depends_on: config.depends_on }, 'lambda.amazonaws.com', needed, stack);
    },
  ),

  forEvery(
    'aws_sfn_state_machine',
    'every workflow is traced, tries each task again, and may publish to the buses that it names',
    function* ({ definition, role_arn, depends_on, tracing_configuration }, _, stack) {
      if (!same(tracing_configuration, { enabled: true }))
        yield `isn't traced: ${show(tracing_configuration)}`;
      const { States = {} } = (definition ?? {}) as { States?: Record<string, Block> };
      const tasks = Object.entries(States).filter(([, { Type }]) => Type === 'Task');
      for (const [name, { Retry }] of tasks)
        if (list(Retry).length === 0) yield `its state ${name} has no Retry`;
      const buses = pathsIn(tasks).filter((path) =>
        stack.referred(`<${path}.name>`, 'aws_cloudwatch_event_bus'),
      );
      const needed = [
        ...[...tracing, ...sampling].map((action) => [action, '*'] as const),
        ...buses.map((path) => ['events:PutEvents', `<${path}.arn>`] as const),
      ];
      yield* roleFaults({ role: role_arn, depends_on }, 'states.amazonaws.com', needed, stack);
    },
  ),

  forEvery(
    'aws_apigatewayv2_route',
    'every API may invoke the function of a route by that route of its stage, which is throttled, logged and deployed after it',
    function* ({ api_id, route_key, target }, routePath, stack) {
      const api = stack.referred(api_id, 'aws_apigatewayv2_api');
      const integration = stack.referred(
        String(target).replace(/^integrations\//, ''),
        'aws_apigatewayv2_integration',
      );
      const integration_uri = integration?.attributes.integration_uri;
      const called = stack.referred(integration_uri, 'aws_lambda_function');
      const stages = stack
        .ofType('aws_apigatewayv2_stage')
        .filter(({ attributes }) => attributes.api_id === api_id);
      if (!api || !called || stages.length !== 1) {
        yield `has ${stages.length} stages, the API ${show(api_id)} and the function ${show(integration_uri)}`;
        return;
      }
      for (const { path, attributes } of stages) {
        const source = `<${api.path}.execution_arn>/${attributes.name}/${String(route_key).replace(' ', '')}`;
        const wanted = {
          action: 'lambda:InvokeFunction',
          function_name: `<${called.path}.function_name>`,
          principal: 'apigateway.amazonaws.com',
          source_arn: source,
        };
        const permissions = stack.ofType('aws_lambda_permission');
        if (!permissions.some((permission) => same(permission.attributes, wanted)))
          yield `has no permission ${show(wanted)}`;
        if (!list(attributes.depends_on).includes(`<${routePath}>`))
          yield `${path} deploys before the route: depends_on is ${show(attributes.depends_on)}`;
        const limits = (attributes.default_route_settings ?? {}) as Block;
        // Left out, Terraform sends 0, and the API refuses every request.
        for (const name of ['throttling_rate_limit', 'throttling_burst_limit'])
          if (!(Number(limits[name]) > 0)) yield `${path} has the ${name} ${show(limits[name])}`;
        const log = attributes.access_log_settings as Block | undefined;
        if (!stack.referred(log?.destination_arn, 'aws_cloudwatch_log_group'))
          yield `${path} has no access log: ${show(log)}`;
      }
    },
  ),
];
