import { expect, test } from '@jest/globals';
import { sequenceDiagram } from './sequence-diagram.ts';
import type { Subject } from './span.ts';
import { makeEvent, makeTrace } from './testing.ts';

const nameOf = (roleArn: string | undefined) => roleArn && `function of ${roleArn}`;
const diagramOf = (subject: Subject | undefined) => sequenceDiagram(subject as Subject, nameOf).split('\n');

test('the story as a Mermaid diagram says who called whom, in order, and what failed or is under way', () => {
  const { model, begin, end, fail } = makeTrace();
  const request = begin('f', { kind: 'request', method: 'POST', path: '/dev/orders' });
  end(begin('f', { kind: 'invocation', function: 'producer' }));
  const event = makeEvent('Order Placed', 'o-1');
  const placed = begin('f', { kind: 'event', bus: 'Orders', event, roleArn: 'arn:p' }, { subject: 'o-1' });
  const partner = begin(
    'f',
    { kind: 'delivery', rule: 'US', target: 'API destination p' },
    { parentId: placed },
  );
  for (const number of [1, 2]) {
    fail(begin('f', { kind: 'attempt', number }, { parentId: partner }), '503');
  }
  begin('f', { kind: 'delivery', rule: 'All', target: 'function tracker' }, { parentId: placed });
  end(placed);
  fail(partner, '503', { queue: 'Dead' });
  begin('f', { kind: 'invocation', function: 'tracker' });
  end(begin('f', { kind: 'write', table: 'A, B', operation: 'BatchWriteItem', item: {}, roleArn: 'arn:t' }));
  end(request, { status: 202 });
  expect(diagramOf(model.subject('o-1'))).toEqual([
    'sequenceDiagram',
    '    participant p0 as client',
    '    participant p1 as HTTP API',
    '    participant p2 as function producer',
    '    participant p3 as function of arn:p',
    '    participant p4 as bus Orders',
    '    participant p5 as API destination p',
    '    participant p6 as queue Dead',
    '    participant p7 as function tracker',
    '    participant p8 as function of arn:t',
    '    participant p9 as table A',
    '    participant p10 as table B',
    '    p0->>p1: POST /dev/orders (answered 202)',
    '    p1->>p2: invokes',
    '    p3->>p4: Order Placed',
    '    p4-xp5: rule US, 2 attempts: 503',
    '    p4->>p6: dead letter',
    '    p4-)p7: rule All',
    '    p8->>p9: BatchWriteItem',
    '    p8->>p10: BatchWriteItem',
  ]);
});

test('a text with a meaning in Mermaid is text, on one line, and not endless', () => {
  const { model, begin } = makeTrace();
  const hostile = `x;\nclick p0 href "javascript:1" %%{init}%% #35; ->>${'y'.repeat(500)}`;
  begin('f', { kind: 'event', bus: 'b', event: makeEvent(hostile, 'o-1') }, { subject: 'o-1' });
  const [, , , arrow = '', ...more] = diagramOf(model.subject('o-1'));
  expect(more).toEqual([]);
  expect(arrow).toContain('x#59; click p0 href #34;javascript:1#34; #37;#37;#123;init#125;');
  // What is left of Mermaid's own characters is the arrow, and the entities.
  expect(arrow.replace('p0-)p1: ', '').replace(/#\d+;/g, '')).not.toMatch(/[;#%{}<>"\n]/);
  expect(arrow.length).toBeLessThan(400);
});
