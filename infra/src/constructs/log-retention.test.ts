import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group/index.js';
import { expect, test } from '@jest/globals';
import { Aspects } from 'cdktf';
import { smallStack } from '../../test/small-stack.ts';
import { LogRetention } from './log-retention.ts';

test('every log group keeps its lines as long as the stage says, one that is made later as well', () => {
  const { late } = smallStack((stack) => {
    Aspects.of(stack).add(new LogRetention(30));
    new CloudwatchLogGroup(stack, 'late', { name: '/late' });
  });
  expect(late).toMatchObject({ retention_in_days: 30 });
});
