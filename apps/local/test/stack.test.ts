import { describe, expect, test } from '@jest/globals';
import { readStack, resolvePlan, resourceTypes } from '@orders/local-aws/testing';
import { synthesized } from '../src/testing/index.ts';

describe('the stack of infra', () => {
  const plan = resolvePlan(readStack(synthesized), {
    endpoint: 'http://here:1',
    variables: { us_partner_endpoint: 'http://partner', us_partner_api_key: 'key' },
  });
  const everything = Object.keys(resourceTypes).flatMap((type) => plan.resources(type));

  test('resolves, and nothing is left that looks like a reference', () => {
    expect(everything.length).toBeGreaterThan(20);
    expect(JSON.stringify(everything)).not.toMatch(/[$%]\{/);
  });

  test('has only ARNs of at least six parts, each with its region where the service has one', () => {
    const arns = JSON.stringify(everything).match(/arn:aws:[^"\\]*/g) ?? [];
    expect(arns.length).toBeGreaterThan(20);
    for (const arn of arns) {
      const [, , service, region, account, ...resource] = arn.split(':');
      expect(resource.join(':')).not.toBe('');
      // A service integration of a workflow is nobody's: its ARN has no region and no account.
      if (service === 'states' && account === '') continue;
      expect([arn, region]).toEqual([arn, service === 'iam' ? '' : 'eu-west-1']);
      expect([arn, account]).toEqual([arn, service === 'apigateway' ? 'lambda' : '000000000000']);
    }
  });
});
