import { expect, test } from '@jest/globals';
import { smallStack } from '../../test/small-stack.ts';
import { EventBus } from './event-bus.ts';

test('a bus has an archive of all its events', () => {
  expect(smallStack((stack) => new EventBus(stack, 'bus', { name: 'Late', archiveDays: 7 }))).toEqual({
    'bus/bus': { resource: 'aws_cloudwatch_event_bus', name: 'Late' },
    'bus/archive': {
      resource: 'aws_cloudwatch_event_archive',
      name: 'Late',
      description: expect.stringMatching(/./),
      event_source_arn: '<bus/bus.arn>',
      retention_days: 7,
    },
  });
});
