import { describe, expect, test } from '@jest/globals';
import { AccessDeniedError, createIam as create, type Iam } from './iam.ts';
import { systemIds } from './ids.ts';
import type { JsonObject, JsonValue } from './json.ts';
import type { Plan } from './plan/read-plan.ts';
import { UnsupportedError } from './plan/unsupported-error.ts';
import { arnOf, makePlan, policy, trust } from './testing.ts';

const createIam = (plan: Plan) => create(plan, systemIds);
const roleArn = 'arn:aws:iam::000000000000:role/r';
const roles = (policies: string[], assume = trust('lambda.amazonaws.com')): JsonObject => ({
  aws_iam_role: { r: { name: 'r', assume_role_policy: assume } },
  aws_iam_role_policy: Object.fromEntries(
    policies.map((document, index) => [`p${index}`, { role: '${aws_iam_role.r.name}', policy: document }]),
  ),
});
const assume = (iam: Iam, service: string, role = roleArn) =>
  iam.authorizeService(service, 'sts:AssumeRole', role, 'arn:source');
const statement = (Action: string | string[], Resource: string | string[]): string =>
  policy({ Action, Resource });

describe('a role', () => {
  test.each<[string, string, string, string, boolean]>([
    ['may do what its policy names', statement('s:Put', 'arn:a'), 's:Put', 'arn:a', true],
    ['may not do another action', statement('s:Put', 'arn:a'), 's:Get', 'arn:a', false],
    ['may not use another resource', statement('s:Put', 'arn:a'), 's:Put', 'arn:b', false],
    ['may not use a longer resource', statement('s:Put', 'arn:a'), 's:Put', 'arn:ab', false],
    ['may not use a resource that ends alike', statement('s:Put', 'arn:a'), 's:Put', 'x:arn:a', false],
    ['may do an action in any case', statement('S:pUT', 'arn:a'), 's:Put', 'arn:a', true],
    ['may not use a resource in another case', statement('s:Put', 'arn:A'), 's:Put', 'arn:a', false],
    ['may do any of a list', statement(['s:Get', 's:Put'], ['arn:b', 'arn:a']), 's:Put', 'arn:a', true],
    ['may do what a star covers', statement('s:*', 'arn:*:x'), 's:Put', 'arn:a:b:x', true],
    ['may do what a star covers with nothing', statement('s:Put*', 'arn:a*'), 's:Put', 'arn:a', true],
    ['may not do what a star leaves out', statement('s:G*', '*'), 's:Put', 'arn:a', false],
    ['may do what a question mark covers', statement('s:P?t', 'arn:?'), 's:Put', 'arn:a', true],
    ['may not do what a question mark leaves out', statement('*', 'arn:?'), 's:Put', 'arn:', false],
    ['has a dot for a dot', statement('*', 'arn:a.b'), 's:Put', 'arn:aXb', false],
    [
      'has regex characters for themselves',
      statement('*', 'a+(b)[c]{d}^$|\\e'),
      's:Put',
      'a+(b)[c]{d}^$|\\e',
      true,
    ],
    ['has a plus for a plus', statement('*', 'a+'), 's:Put', 'aa', false],
    ['has a bar for a bar', statement('*', 'a|b'), 's:Put', 'b', false],
    [
      'may do nothing without a resource',
      JSON.stringify({ Statement: [{ Effect: 'Allow', Action: '*' }] }),
      's:Put',
      'a',
      false,
    ],
    ['may do nothing without statements', '{}', 's:Put', 'arn:a', false],
    [
      'takes a single statement for a list',
      JSON.stringify({ Statement: { Sid: 'x', Effect: 'Allow', Action: '*', Resource: '*' } }),
      's:Put',
      'arn:a',
      true,
    ],
  ])('%s', (_, document, action, resource, allowed) => {
    const iam = createIam(makePlan(roles([document])));
    const authorize = () => iam.authorizeRole(roleArn, action, resource);
    if (allowed) authorize();
    else
      expect(authorize).toThrow(
        `${roleArn} is not authorized to perform: ${action} on resource: ${resource}`,
      );
  });

  test('may do what any one of its policies allows, and not what two allow half each', () => {
    const iam = createIam(makePlan(roles([statement('s:Put', 'arn:a'), statement('s:Get', 'arn:b')])));
    iam.authorizeRole(roleArn, 's:Get', 'arn:b');
    expect(() => iam.authorizeRole(roleArn, 's:Get', 'arn:a')).toThrow(AccessDeniedError);
  });

  describe('learns from a refusal which statement it lacks', () => {
    const refusal = (plan: Plan, resource: string, action = 'events:PutEvents') => {
      try {
        createIam(plan).authorizeRole(roleArn, action, resource);
      } catch (error) {
        return (error as Error).message.replace(
          /^.*? because no identity-based policy allows the \S+ action\. /,
          '',
        );
      }
      return 'nothing was refused';
    };
    const at = (path: string, grants?: JsonObject) => ({
      '//': { metadata: { path }, ...(grants && { grants }) },
    });
    const busArn = arnOf('events', 'event-bus/Orders');
    /** A role of the construct `producer`, whose policy allows nothing, and a bus that notes how to allow it. */
    const stack = (changes: { policyPath?: string; busPath?: string; grants?: JsonObject } = {}) => {
      const { policyPath = 'orders/producer/role/policy', busPath = 'orders/bus/bus' } = changes;
      const { grants = { 'events:PutEvents': 'allowPutEvents()' } } = changes;
      const { aws_iam_role_policy: _, ...rest } = roles([]);
      return makePlan({
        ...rest,
        aws_iam_role_policy: { p: { role: '${aws_iam_role.r.name}', policy: '{}', ...at(policyPath) } },
        aws_cloudwatch_event_bus: { b: { name: 'Orders', ...at(busPath, grants) } },
      });
    };
    const statement =
      'this statement in aws_iam_role_policy.p: ' +
      '{"Effect":"Allow","Action":"events:PutEvents","Resource":"${aws_cloudwatch_event_bus.b.arn}"}';

    test('by the call of the construct that would make it', () => {
      expect(refusal(stack(), busArn)).toBe(
        `What the stack lacks is \`allow: [bus.allowPutEvents()]\` of producer, which makes ${statement}`,
      );
    });

    test('by the call for all actions of a service, with the action in it', () => {
      const grants = { 'events:*': "allow('<action>')" };
      expect(refusal(stack({ grants }), busArn)).toContain(
        "`allow: [bus.allow('events:PutEvents')]` of producer",
      );
    });

    test.each([
      ['the construct has no call for it', { grants: { 'events:PutRule': 'x()' } }],
      ['the construct of the resource is inside of another one', { busPath: 'orders/shop/bus/bus' }],
      ['the role is inside of another construct', { policyPath: 'orders/bus/Rule/role/policy' }],
    ])('by the statement alone if %s', (_, changes) => {
      expect(refusal(stack(changes), busArn)).toBe(`What the stack lacks is ${statement}`);
    });

    test('by its ARN if the resource is not in the stack, and by its type if the role has no policy', () => {
      expect(refusal(makePlan(roles([])), 'arn:a', 's:Put')).toBe(
        'What the stack lacks is this statement in an aws_iam_role_policy: {"Effect":"Allow","Action":"s:Put","Resource":"arn:a"}',
      );
    });
  });

  test('that is not in the stack may do nothing', () => {
    const iam = createIam(makePlan(roles([policy({})])));
    expect(() => iam.authorizeRole('arn:other', 's:Put', 'a')).toThrow(
      "The role arn:other isn't in the stack",
    );
    expect(() => assume(iam, 'lambda.amazonaws.com', 'arn:other')).toThrow(AccessDeniedError);
  });

  test('may be assumed by the services that it trusts only', () => {
    const iam = createIam(makePlan(roles([])));
    assume(iam, 'lambda.amazonaws.com');
    expect(() => assume(iam, 'events.amazonaws.com')).toThrow(
      `events.amazonaws.com is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`,
    );
  });

  test('may not be assumed by a service that it trusts with something else', () => {
    const tag = trust('lambda.amazonaws.com').replace('sts:AssumeRole', 'sts:TagSession');
    const iam = createIam(makePlan(roles([], tag)));
    expect(() => assume(iam, 'lambda.amazonaws.com')).toThrow(AccessDeniedError);
  });
});

test.each<[string, JsonObject]>([
  ['Condition', { Condition: { Bool: {} } }],
  ['NotAction', { NotAction: 's:Get' }],
  ['NotResource', { NotResource: 'a' }],
  ['NotPrincipal', { NotPrincipal: {} }],
  ['Deny', { Effect: 'Deny' }],
  ['AWS', { Principal: { AWS: '*' } }],
  ['"Service":"x","AWS"', { Principal: { Service: 'x', AWS: '*' } }],
  ['"*"', { Principal: '*' }],
])('a statement with %s is refused, with the address of its policy', (part, changes) => {
  const read = () => createIam(makePlan(roles([policy(changes)])));
  expect(read).toThrow(UnsupportedError);
  expect(read).toThrow(/^aws_iam_role_policy\.p0: /);
  expect(read).toThrow(part);
});

test("a statement that isn't an object is refused", () => {
  expect(() => createIam(makePlan(roles(['{"Statement":["x"]}'])))).toThrow(
    'p0: a statement has to be an object',
  );
});

test("a policy of a role that isn't in the stack is refused, as it would allow nothing", () => {
  const stack = { aws_iam_role_policy: { p: { role: 'nobody', policy: policy({}) } } };
  expect(() => createIam(makePlan(stack))).toThrow(/aws_iam_role_policy\.p\b.*nobody/);
});

describe('a permission on a function', () => {
  const invokeFunction = 'lambda:InvokeFunction';
  const functionArn = (name: string) => arnOf('lambda', `function:${name}`);
  const invoke = (iam: Iam) =>
    iam.authorizeService('events.amazonaws.com', invokeFunction, functionArn('f'), 'arn:rule/x');
  const permission = (changes: JsonObject = {}) =>
    createIam(
      makePlan({
        aws_lambda_function: { f: { function_name: 'f' }, g: { function_name: 'g' } },
        aws_lambda_permission: {
          p: {
            function_name: 'f',
            action: 'lambda:InvokeFunction',
            principal: 'events.amazonaws.com',
            source_arn: 'arn:rule/*',
            ...changes,
          },
        },
      }),
    );

  test('that the stack does not have is refused, as it would allow nothing', () => {
    expect(() => permission({ function_name: 'nothing' })).toThrow(
      'the stack has no function nothing, only f, g',
    );
  });

  test('lets the service invoke it for the source', () => {
    invoke(permission());
  });

  test.each<[string, Parameters<Iam['authorizeService']>]>([
    ['another service', ['apigateway.amazonaws.com', invokeFunction, functionArn('f'), 'arn:rule/x']],
    ['another function', ['events.amazonaws.com', invokeFunction, functionArn('g'), 'arn:rule/x']],
    ['another source', ['events.amazonaws.com', invokeFunction, functionArn('f'), 'arn:bus/x']],
    ['another action', ['events.amazonaws.com', 'lambda:GetFunction', functionArn('f'), 'arn:rule/x']],
  ])('says nothing of %s', (_, [service, action, resource, source]) => {
    expect(() => permission().authorizeService(service, action, resource, source)).toThrow(
      `${service} is not authorized to perform: ${action} on resource: ${resource} for ${source} because no ` +
        'resource-based policy (aws_lambda_permission) allows it',
    );
  });

  test('to do something else does not permit an invocation', () => {
    const iam = permission({ action: 'lambda:GetFunction' });
    expect(() => invoke(iam)).toThrow(AccessDeniedError);
  });

  test('without a source is refused: it would let every account in', () => {
    const open = { function_name: 'f', action: 'lambda:InvokeFunction', principal: 'x' };
    expect(() =>
      createIam(
        makePlan({
          aws_lambda_function: { f: { function_name: 'f' } },
          aws_lambda_permission: { p: open },
        }),
      ),
    ).toThrow('aws_lambda_permission.p: source_arn has to be text');
  });
});

describe('a log resource policy', () => {
  const group = arnOf('logs', 'log-group:g');
  const document = policy({
    Principal: { Service: ['events.amazonaws.com', 'delivery.logs.amazonaws.com'] },
    Action: 'logs:PutLogEvents',
    Resource: `${group}:*`,
  });
  const iam = createIam(
    makePlan({ aws_cloudwatch_log_resource_policy: { p: { policy_name: 'p', policy_document: document } } }),
  );

  test('lets its services do its actions on its groups', () => {
    for (const service of ['events.amazonaws.com', 'delivery.logs.amazonaws.com'])
      iam.authorizeService(service, 'logs:PutLogEvents', `${group}:log-stream:x`, 'arn:rule');
  });

  test.each([
    ['lambda.amazonaws.com', 'logs:PutLogEvents', `${group}:x`],
    ['events.amazonaws.com', 'logs:CreateLogStream', `${group}:x`],
    ['events.amazonaws.com', 'logs:PutLogEvents', arnOf('logs', 'log-group:other:x')],
  ])('does not let %s do %s on %s', (service, action, resource) => {
    expect(() => iam.authorizeService(service, action, resource, 'arn:rule')).toThrow(
      'no resource-based policy (aws_cloudwatch_log_resource_policy) allows it',
    );
  });
});

describe("a queue's policy", () => {
  const events = { Service: 'events.amazonaws.com' };
  const onlyFor = (source: JsonValue) => ({ Condition: { ArnEquals: { 'aws:SourceArn': source } } });
  /** The permissions of a stack whose queue has a policy of these statements, and whose other one has none. */
  const permissions = (...statements: JsonObject[]) =>
    createIam(
      makePlan({
        aws_sqs_queue: { other: { name: 'Other' }, q: { name: 'Q' } },
        aws_sqs_queue_policy: {
          p: {
            queue_url: '${aws_sqs_queue.q.url}',
            policy: policy(
              ...statements.map((changes) => ({
                Principal: events,
                Action: ['sqs:SendMessage'],
                Resource: '${aws_sqs_queue.q.arn}',
                ...changes,
              })),
            ),
          },
        },
      }),
    );
  const [arn, otherArn] = [arnOf('sqs', 'Q'), arnOf('sqs', 'Other')];
  const send = (iam: Iam, source = 'arn:rule', queueArn = arn) =>
    iam.authorizeService('events.amazonaws.com', 'sqs:SendMessage', queueArn, source);

  test('lets its service do its action for the source of its condition', () => {
    send(permissions(onlyFor('arn:rule')));
    send(permissions(onlyFor(['arn:other', 'arn:rule'])));
    send(permissions(onlyFor('arn:r*')));
  });

  test.each<[string, JsonObject, string, boolean]>([
    ['ArnLike with a wildcard', { ArnLike: { 'aws:SourceArn': 'arn:r*' } }, 'arn:rule', true],
    ['StringEquals', { StringEquals: { 'aws:SourceArn': 'arn:rule' } }, 'arn:rule', true],
    [
      'StringEquals with a star for a star',
      { StringEquals: { 'aws:SourceArn': 'arn:r*' } },
      'arn:rule',
      false,
    ],
    ['StringLike with a wildcard', { StringLike: { 'aws:SourceArn': 'arn:r*' } }, 'arn:rule', true],
    ['this account', { StringEquals: { 'aws:SourceAccount': '000000000000' } }, 'arn:any', true],
    ['another account', { StringEquals: { 'aws:SourceAccount': '111111111111' } }, 'arn:any', false],
    [
      'a source and another account',
      { ArnEquals: { 'aws:SourceArn': 'arn:rule' }, StringEquals: { 'aws:SourceAccount': '1' } },
      'arn:rule',
      false,
    ],
    [
      'two keys of one operator, one of them wrong',
      { StringEquals: { 'aws:SourceArn': 'arn:other', 'aws:SourceAccount': '000000000000' } },
      'arn:rule',
      false,
    ],
    ['a key in another case', { ArnEquals: { 'AWS:sourcearn': 'arn:rule' } }, 'arn:rule', true],
    [
      'another account, if there is one',
      { StringEqualsIfExists: { 'aws:SourceAccount': '1' } },
      'arn:rule',
      false,
    ],
  ])('asks for %s', (_, Condition, source, allowed) => {
    const iam = permissions({ Condition });
    if (allowed) send(iam, source);
    else expect(() => send(iam, source)).toThrow(AccessDeniedError);
  });

  test.each([
    ['StringEquals', false],
    ['StringEqualsIfExists', true],
  ])('that asks for the account by %s lets in a service that names nobody: %s', (operator, allowed) => {
    const iam = permissions({ Condition: { [operator]: { 'aws:SourceAccount': '000000000000' } } });
    const sendForNobody = () =>
      iam.authorizeService('events.amazonaws.com', 'sqs:SendMessage', arn, undefined);
    if (allowed) sendForNobody();
    else expect(sendForNobody).toThrow('for nobody that it names because no resource-based policy');
  });

  test('lets its service act for anybody without a condition', () => {
    send(permissions({}));
  });

  test('lets in whoever one of its statements lets in', () => {
    const iam = permissions(onlyFor('arn:first'), onlyFor('arn:second'));
    send(iam, 'arn:first');
    send(iam, 'arn:second');
    expect(() => send(iam, 'arn:third')).toThrow(AccessDeniedError);
  });

  test.each<[string, JsonObject, [string, string, string, string]]>([
    ['for another source', onlyFor('arn:rule'), [events.Service, 'sqs:SendMessage', arn, 'arn:other']],
    ['for no source at all', onlyFor([]), [events.Service, 'sqs:SendMessage', arn, 'arn:rule']],
    ['for another service', {}, ['sns.amazonaws.com', 'sqs:SendMessage', arn, 'arn:rule']],
    ['for another action', {}, [events.Service, 'sqs:PurgeQueue', arn, 'arn:rule']],
    ['on another queue', {}, [events.Service, 'sqs:SendMessage', otherArn, 'arn:rule']],
    ['of another queue', { Resource: otherArn }, [events.Service, 'sqs:SendMessage', arn, 'arn:rule']],
    [
      'that names nobody',
      { Principal: { Service: [] } },
      [events.Service, 'sqs:SendMessage', arn, 'arn:rule'],
    ],
  ])('says nothing %s', (_, statement, [service, action, queueArn, source]) => {
    expect(() => permissions(statement).authorizeService(service, action, queueArn, source)).toThrow(
      `${service} is not authorized to perform: ${action} on resource: ${queueArn} for ${source} because no ` +
        'resource-based policy (aws_sqs_queue_policy) allows it',
    );
  });

  test.each<[string, JsonValue]>([
    ['another operator', { StringNotEquals: { 'aws:SourceArn': 'arn:rule' } }],
    ["an operator that isn't IAM's", { constructor: { 'aws:SourceArn': 'arn:rule' } }],
    ['another key', { ArnEquals: { 'aws:PrincipalArn': 'arn:rule' } }],
    ['a second key', { ArnEquals: { 'aws:SourceArn': 'arn:rule', 'aws:PrincipalArn': 'x' } }],
    ['a second operator', { ArnEquals: { 'aws:SourceArn': 'arn:rule' }, Bool: { a: true } }],
    ['nothing in it', {}],
    ['text for conditions', 'x'],
  ])('with a condition that has %s is refused, as it would let in too many or too few', (_, Condition) => {
    const read = () => permissions({ Condition });
    expect(read).toThrow(UnsupportedError);
    expect(read).toThrow(/^aws_sqs_queue_policy\.p: the local run knows conditions of ArnEquals, /);
    expect(read).toThrow(`received ${JSON.stringify(Condition)}`);
  });

  test('may have no statement that denies', () => {
    expect(() => permissions({ Effect: 'Deny' })).toThrow(
      /^aws_sqs_queue_policy\.p: .*statements that allow/,
    );
  });

  test("of a queue that isn't in the stack is refused", () => {
    const stack = { aws_sqs_queue_policy: { p: { queue_url: 'http://nowhere', policy: policy({}) } } };
    expect(() => createIam(makePlan(stack))).toThrow(
      'aws_sqs_queue_policy.p: the stack has no queue http://nowhere',
    );
  });

  test('is the only one: of two, it would depend on their order which one counts', () => {
    const one = { queue_url: '${aws_sqs_queue.q.url}', policy: policy({ Principal: events }) };
    const stack = { aws_sqs_queue: { q: { name: 'Q' } }, aws_sqs_queue_policy: { first: one, second: one } };
    expect(() => createIam(makePlan(stack))).toThrow(
      /^aws_sqs_queue_policy\.second: .*first has the same queue_url/,
    );
  });
});

describe('a session', () => {
  test('has an access key of its own, by which calls are those of its role', () => {
    const iam = createIam(makePlan(roles([])));
    const [first, second] = [iam.openSession(roleArn), iam.openSession('arn:other')];
    expect(first).not.toBe(second);
    expect([first, second].map((key) => iam.roleOfAccessKey(key))).toEqual([roleArn, 'arn:other']);
  });

  test("isn't what another access key names", () => {
    expect(createIam(makePlan(roles([]))).roleOfAccessKey('local')).toBeUndefined();
  });
});

test("a role's trust asks for its conditions", () => {
  const iam = createIam(
    makePlan(
      roles([], trust('events.amazonaws.com', { Condition: { ArnEquals: { 'aws:SourceArn': 'arn:rule' } } })),
    ),
  );
  iam.authorizeService('events.amazonaws.com', 'sts:AssumeRole', roleArn, 'arn:rule');
  expect(() => assume(iam, 'events.amazonaws.com')).toThrow(AccessDeniedError);
});

test("a policy that isn't JSON is refused, with its address", () => {
  expect(() => createIam(makePlan(roles(['{'])))).toThrow(
    'aws_iam_role_policy.p0: policy is "{"; AWS takes JSON of up to 10240 characters',
  );
  expect(() => createIam(makePlan(roles(['[]'])))).toThrow(
    'aws_iam_role_policy.p0: a policy has to be a JSON object, received []',
  );
});
