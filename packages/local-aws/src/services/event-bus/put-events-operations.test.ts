import { expect, test } from '@jest/globals';
import { parameterErrors } from '../../operation.ts';
import { arnOf, makeCaller, makeContext, makePlan } from '../../testing.ts';
import { putEventsOperations } from './put-events-operations.ts';

test('an entry is refused, and none is published, when too much is under way', async () => {
  const context = makeContext();
  const published: unknown[] = [];
  const call = makeCaller(
    [
      {
        operations: {
          target: 'AWSEvents',
          action: 'events',
          errors: parameterErrors('ValidationException'),
          operations: putEventsOperations({
            plan: makePlan({}),
            buses: [{ name: 'Orders', arn: arnOf('events', 'event-bus/Orders'), rules: [] }],
            publish: (_, event) => published.push(event),
            deliveries: { full: 'There is no room' },
            context,
          }),
        },
      },
    ],
    context,
  );
  const Entries = [{ EventBusName: 'Orders', Source: 's', DetailType: 'T', Detail: '{}' }];
  const { status, output } = await call('AWSEvents.PutEvents', { Entries });
  expect([status, output]).toEqual([
    200,
    {
      FailedEntryCount: 1,
      Entries: [{ ErrorCode: 'ThrottlingException', ErrorMessage: 'There is no room' }],
    },
  ]);
  expect(published).toEqual([]);
});
