import { expect, test } from '@jest/globals';
import { Aspects } from 'cdktf';
import { smallStack } from '../../test/small-stack.ts';
import { DestroyProtection } from './destroy-protection.ts';
import { EventBus } from './event-bus.ts';
import { Queue } from './queue.ts';
import { Table } from './table.ts';

test('what holds orders is protected, however deep it is, and nothing else', () => {
  const resources = smallStack((stack) => {
    new Queue(stack, 'queue', { name: 'q' });
    new Table(stack, 'table', { name: 't', partitionKey: 'id', deletionProtection: true });
    new EventBus(stack, 'bus', { name: 'b', archiveDays: 1 });
    Aspects.of(stack).add(new DestroyProtection());
  });
  const isProtected = Object.entries(resources).filter(([, { lifecycle }]) => lifecycle !== undefined);
  expect(isProtected.map(([path, { lifecycle }]) => [path, lifecycle])).toEqual(
    ['bus/archive', 'queue/queue', 'table/table'].map((path) => [path, { prevent_destroy: true }]),
  );
});
