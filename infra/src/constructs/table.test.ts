import { expect, test } from '@jest/globals';
import { smallStack } from '../../test/small-stack.ts';
import { Table } from './table.ts';

test('a table is paid by the request, can be restored to any second, and is protected if its stage says so', () => {
  const made = smallStack((stack) => {
    const table = new Table(stack, 't', { name: 'Late', partitionKey: 'orderId', deletionProtection: true });
    expect(table.allow('dynamodb:GetItem').actions).toEqual(['dynamodb:GetItem']);
  });
  expect(made).toEqual({
    't/table': {
      resource: 'aws_dynamodb_table',
      name: 'Late',
      hash_key: 'orderId',
      attribute: [{ name: 'orderId', type: 'S' }],
      billing_mode: 'PAY_PER_REQUEST',
      point_in_time_recovery: { enabled: true },
      deletion_protection_enabled: true,
    },
  });
});
