import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { elementsOf } from '../scripts/stack-json.ts';
import { synthStack } from '../scripts/synthesize.ts';
import { allowing, askedFor, matches, policy, policyFile } from './deploy-policy.ts';

/** The longest name that a branch may have, so that nothing fits by its length alone. */
const stages = ['dev', 'prod', 'pr-42', `pr-${'x'.repeat(16)}`];

test.each(stages)('whoever has the policy may deploy and destroy %s', (stage) => {
  const asked = askedFor(stage);
  expect(asked.length).toBeGreaterThan(500);
  expect(asked.filter(({ resource }) => /undefined|\$\{/.test(resource))).toEqual([]);
  const denied = asked.filter(({ action, resource }) => allowing(action, resource).length === 0);
  const lacking = [...new Set(denied.map(({ action, resource }) => `${action} on ${resource}`))];
  expect({ 'infra/delivery/deploy-policy.json lacks': lacking }).toEqual({
    'infra/delivery/deploy-policy.json lacks': [],
  });
});

test('the policy allows no action, and covers no resource, that no deploy asks for', () => {
  const asked = stages.flatMap(askedFor);
  const unused = policy.Statement.flatMap(({ Sid, Action, Resource }) => {
    const of = asked.filter(({ action }) => [Action].flat().some((pattern) => matches(pattern, action)));
    const actions = [Action].flat().filter((pattern) => !of.some(({ action }) => matches(pattern, action)));
    const resources = [Resource]
      .flat()
      .filter((pattern) => !of.some(({ resource }) => matches(pattern, resource)));
    return [...actions, ...resources].map((pattern) => `${Sid}: ${pattern}`);
  });
  expect(unused).toEqual([]);
});

test.each([
  ['iam:CreateUser', 'arn:aws:iam::123456789012:user/me'],
  ['iam:PutRolePolicy', 'arn:aws:iam::123456789012:role/Admin'],
  ['iam:AttachRolePolicy', 'arn:aws:iam::123456789012:role/orders-1'],
  ['s3:GetObject', 'arn:aws:s3:::invoices/2026.csv'],
  ['dynamodb:DeleteTable', 'arn:aws:dynamodb:eu-west-1:123456789012:table/Customers'],
  ['dynamodb:GetItem', 'arn:aws:dynamodb:eu-west-1:123456789012:table/OrderDetails'],
  ['lambda:InvokeFunction', 'arn:aws:lambda:eu-west-1:123456789012:function:orders-producer'],
  ['secretsmanager:GetSecretValue', 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:database'],
])('whoever has the policy may not %s on %s', (action, resource) => {
  expect(allowing(action, resource)).toEqual([]);
});

test('a role goes only to a service that the stack gives roles to', () => {
  const given = new Set(
    elementsOf(synthStack('prod')).flatMap(({ type, attributes }) =>
      type === 'aws_iam_role'
        ? (String(attributes.assume_role_policy).match(/[a-z]+\.amazonaws\.com/g) ?? [])
        : [],
    ),
  );
  const services = [...given].sort();
  expect(allowing('iam:PassRole')).toMatchObject([
    { Condition: { StringEquals: { 'iam:PassedToService': services } } },
  ]);
});

test('the policy is short enough for a policy of its own', () => {
  // AWS counts no white space, and takes 6,144 characters.
  expect(readFileSync(policyFile, 'utf8').replaceAll(/\s/g, '').length).toBeLessThan(6_144);
});
