import { expect, test } from '@jest/globals';
import { AccessDeniedError } from '../../iam.ts';
import { createLocalApi } from '../../local-api.ts';
import { makeContext, makePlan, someGrant } from '../../testing.ts';
import { createEventBuses } from './event-bus.ts';

test('a rule says what lets it deliver to each of its targets, and which permission is missing', async () => {
  const target = (arn: string) => ({ rule: 'Every', event_bus_name: 'Orders', arn });
  const plan = makePlan({
    aws_cloudwatch_event_bus: { bus: { name: 'Orders' } },
    aws_cloudwatch_event_rule: {
      r: { name: 'Every', event_bus_name: 'Orders', event_pattern: '{"source":["s"]}' },
    },
    aws_cloudwatch_event_target: { a: target('arn:open'), b: target('arn:closed'), c: target('arn:free') },
  });
  const buses = createEventBuses(plan, makeContext(), {
    targets: [
      (arn) => ({
        description: arn,
        deliver: async () => {},
        ...(arn !== 'arn:free' && {
          authorize() {
            if (arn === 'arn:open') return [someGrant];
            throw new AccessDeniedError('What the stack lacks is this', 's:Do');
          },
        }),
      }),
    ],
    findQueue: () => undefined,
  });
  const api = createLocalApi(buses.routes ?? {});
  const ask = async (rule: string) => {
    const request = { method: 'GET', path: `/_local/rules/${rule}/permissions`, rawQueryString: '' };
    const rest = { headers: {}, sourceIp: '127.0.0.1', body: Buffer.from('') };
    const response = await api({ ...request, ...rest });
    return [response?.status, JSON.parse(response?.body.toString() ?? '')];
  };
  expect(await ask('Every')).toEqual([
    200,
    {
      rule: 'Every',
      targets: [
        { target: 'arn:open', allowedBy: [someGrant] },
        { target: 'arn:closed', allowedBy: [], missing: 'What the stack lacks is this' },
        { target: 'arn:free', allowedBy: [] },
      ],
    },
  ]);
  expect(await ask('None')).toEqual([404, { message: 'There is no rule None. The stack has Every.' }]);
});
