import type { Block } from '../../scripts/stack-json.ts';
import { list, type Policy, type Stack, type Statement, same, show, textsIn } from '../stack.ts';
import { forEvery, type Invariant } from './invariant.ts';

const forEveryStatement = (
  name: string,
  check: (statement: Statement, policy: Policy, stack: Stack) => Iterable<string>,
): Invariant => ({
  name,
  faults: (stack) =>
    stack.policies.flatMap((policy) =>
      policy.statements.flatMap((statement) =>
        [...check(statement, policy, stack)].map((fault) => `${policy.path}: ${fault}`),
      ),
    ),
});

const isKey = ({ resource }: Policy) => resource === 'aws_kms_key';

/** `<producer/log-group.arn>:*`: what is in a log group has its ARN and an asterisk. */
const areStreams = (resource: string, stack: Stack) =>
  /:\*(:\*)?$/.test(resource) &&
  stack.referred(resource.replace(/:\*(:\*)?$/, ''), 'aws_cloudwatch_log_group') !== undefined;

export const policies: Invariant[] = [
  forEveryStatement('every policy says what it allows, by no negation', function* (statement) {
    const known = ['Effect', 'Action', 'Resource', 'Principal', 'Condition'];
    for (const key of Object.keys(statement))
      if (!known.includes(key)) yield `has ${key}: ${show(statement)}`;
    if (statement.Effect !== 'Allow') yield `has the Effect ${show(statement.Effect)}`;
  }),

  forEveryStatement('every policy names its actions', function* ({ Action }, policy) {
    const actions = list(Action);
    if (actions.length === 0) yield 'has a statement with no action';
    // A key's policy has to let the account govern it, and SNS asks for a data key by whichever action of that name.
    const keyActions = isKey(policy) ? ['kms:*', 'kms:GenerateDataKey*'] : [];
    for (const action of actions)
      if (!/^[a-z]+:[A-Za-z]+$/.test(action) && !keyActions.includes(action)) yield `allows ${action}`;
  }),

  forEveryStatement('every policy names its resources', function* ({ Action, Resource }, policy, stack) {
    const resources = list(Resource);
    // The trust of a role is in the role itself, and has no resource.
    if (resources.length === 0 && policy.resource !== 'aws_iam_role')
      yield 'has a statement with no resource';
    for (const resource of resources) {
      if (/^<[\w/-]+\.arn>$/.test(resource) || areStreams(resource, stack)) continue;
      // A trace belongs to no resource that could be named; in a key's policy, the asterisk is the key.
      const isNamed =
        resource === '*' && (isKey(policy) || list(Action).every((action) => action.startsWith('xray:')));
      if (!isNamed) yield `allows ${show(Action)} on ${resource}`;
    }
  }),

  forEveryStatement('every policy lets in services and its own account only', function* ({ Principal }) {
    for (const principal of textsIn(Principal))
      if (
        !/^[a-z.]+\.amazonaws\.com$|^arn:<[\w/-]+>:iam::<[\w/-]+\.account_id>:root$/.test(
          principal.replace('.partition>', '>'),
        )
      )
        yield `lets in ${principal}`;
  }),

  forEveryStatement(
    'every policy that lets in a service names for whom: this account, or one source',
    function* ({ Action, Principal, Condition }) {
      const account = { 'aws:SourceAccount': '<account.account_id>' };
      const ofSource = /^\{"ArnEquals":\{"aws:SourceArn":"<[\w/-]+\.arn>"\}\}$/;
      const { StringEqualsIfExists: ifSent, ...asked } = (Condition ?? {}) as Block;
      const isNamed = same(asked, { StringEquals: account }) || ofSource.test(show(asked) ?? '');
      // EventBridge may not say for whom it makes a stream, which is empty and in a log group of its own.
      const mayBeUnnamed = Action === 'logs:CreateLogStream' && same(ifSent, account) && same(asked, {});
      const isService = typeof Principal === 'object' && Principal !== null && 'Service' in Principal;
      if (isService && !isNamed && !mayBeUnnamed)
        yield `lets in ${show(Principal)} for anybody: its Condition is ${show(Condition)}`;
    },
  ),

  forEvery(
    'aws_apigatewayv2_route',
    'every route of an API with an authorizer lets in only what it verifies, by the header Authorization',
    function* ({ api_id, authorization_type, authorizer_id }, _, stack) {
      const authorizers = stack
        .ofType('aws_apigatewayv2_authorizer')
        .filter(({ attributes }) => attributes.api_id === api_id);
      for (const { path, attributes } of authorizers) {
        if (authorization_type !== 'JWT' || authorizer_id !== `<${path}.id>`)
          yield `is open: authorization_type is ${show(authorization_type)}, authorizer_id ${show(authorizer_id)}`;
        if (!same(attributes.identity_sources, ['$request.header.Authorization']))
          yield `${path} looks for the token in ${show(attributes.identity_sources)}`;
        const { issuer, audience } = (attributes.jwt_configuration ?? {}) as Block;
        if (attributes.authorizer_type !== 'JWT' || !issuer || list(audience as string[]).length === 0)
          yield `${path} takes any token: ${show(attributes)}`;
      }
    },
  ),

  forEvery(
    'aws_lambda_permission',
    'every permission to invoke a function is for one source',
    function* (permission) {
      const { source_arn } = permission;
      if (!/^<[\w/-]+\.\w+>[^*]*$/.test(String(source_arn))) yield `lets in ${show(source_arn)}`;
    },
  ),

  forEvery(
    'aws_iam_role',
    'every role has one policy of its own, and somebody who acts in it',
    function* (role, path, stack) {
      for (const name of Object.keys(role))
        if (!['name_prefix', 'assume_role_policy'].includes(name))
          yield `gets permissions by ${name}: ${show(role[name])}`;
      // The role that deploys may make roles of this name only.
      if (role.name_prefix !== 'orders-') yield `is named ${show(role.name_prefix)}, not orders-…`;
      const own = stack
        .ofType('aws_iam_role_policy')
        .filter(({ attributes }) => attributes.role === `<${path}.name>`);
      if (own.length !== 1) yield `has ${own.length} policies`;
      if (!stack.all.some(({ texts }) => texts.includes(`<${path}.arn>`))) yield 'is used by nothing';
    },
  ),

  {
    name: 'roles get no permissions from elsewhere',
    faults: (stack) =>
      stack.all
        .filter(({ resource }) => /^aws_iam_(?!role$|role_policy$)/.test(resource))
        .map(
          ({ path, resource }) => `${path}: is an ${resource}; a role's permissions are in its own policy`,
        ),
  },
];

const missing = /<missing [^>]*>/g;

export const wholeStack: Invariant[] = [
  {
    name: 'every reference is to something that the stack has',
    faults: (stack) =>
      stack.all.flatMap(({ path, texts }) =>
        texts
          .flatMap((text) => text.match(missing) ?? [])
          .map((reference) => `${path}: refers to ${reference}`),
      ),
  },
  {
    name: 'everything is tagged with the system and its stage',
    faults: ({ provider }) => {
      const [aws = {}] = provider.aws ?? [];
      const [tags = {}] = list(aws.default_tags as Block[] | undefined).map(
        ({ tags }) => tags as Block | undefined,
      );
      return ['system', 'stage'].flatMap((tag) =>
        tags[tag] ? [] : [`provider.aws.default_tags: the tag ${tag} is ${show(tags[tag])}`],
      );
    },
  },
  {
    name: 'every variable says what it is for; a secret has no validation, which would show it',
    faults: ({ variables }) =>
      Object.entries(variables).flatMap(([name, { description, sensitive, validation }]) => [
        ...(/^\S.{20,}\.$/.test(String(description))
          ? []
          : [`var.${name}: its description is ${show(description)}`]),
        ...(sensitive && validation
          ? [`var.${name}: is sensitive, and Terraform shows a value that it refuses`]
          : []),
      ]),
  },
  {
    name: 'a key is the value of a connection, and nowhere else',
    faults: (stack) =>
      stack.all
        .filter(({ resource }) => resource !== 'aws_cloudwatch_event_connection')
        .flatMap(({ path, texts }) =>
          texts
            .filter((text) =>
              Object.entries(stack.variables).some(
                ([name, { sensitive }]) => sensitive && text.includes(`<var.${name}>`),
              ),
            )
            .map((text) => `${path}: has ${text}`),
        ),
  },
  forEvery(
    'aws_cloudwatch_event_connection',
    'the key of a connection is a sensitive variable',
    function* (connection, _, stack) {
      const [, name = ''] = /"value":"<var\.(\w+)>"/.exec(show(connection.auth_parameters) ?? '') ?? [];
      if (!stack.variables[name]?.sensitive)
        yield `its key is in the stack: ${show(connection.auth_parameters)}`;
    },
  ),
];
