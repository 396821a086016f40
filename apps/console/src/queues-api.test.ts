import { afterEach, expect, test } from '@jest/globals';
import { failureRecordOf, invokeAgain, invokeAllAgain, type Letter, reasonOf } from './queues-api.ts';

const letter = (body: unknown, attributes: Record<string, string> = {}): Letter => ({
  id: 'm',
  sentAt: '2026-11-22T12:00:00Z',
  body: typeof body === 'string' ? body : JSON.stringify(body),
  attributes,
});
const record = {
  requestContext: { functionArn: 'arn:aws:lambda:r:0:function:f', condition: 'RetriesExhausted' },
  requestPayload: { detail: {} },
};

test.each([
  [
    "a rule's dead letter",
    letter({}, { ERROR_CODE: 'TIMEOUT', ERROR_MESSAGE: 'no answer', RETRY_ATTEMPTS: '3' }),
    'TIMEOUT: no answer: after 3 retries',
  ],
  [
    "a function's failure",
    { ...letter(record), error: 'Error: no at f (apps/f.ts:1:2)\n    at f' },
    'RetriesExhausted: Error: no at f (apps/f.ts:1:2)',
  ],
  ['any other message', letter('text'), 'It is here because a rule or a function sent it'],
])('%s says why it waits', (_, message, reason) => expect(reasonOf(message)).toBe(reason));

test.each(['text', '[]', 'null', '{"requestContext":{}}'])('%s is no record of a failure', (body) =>
  expect(failureRecordOf(letter(body))).toBeUndefined(),
);

const { fetch } = globalThis;
afterEach(() => {
  globalThis.fetch = fetch;
});

test.each([
  ['the function is gone', letter(record), '404: no function f'],
  ['it has no record', letter('text'), "It isn't the record of a failed invocation"],
])('a message that cannot be sent again stays, and says why: %s', async (_, message, error) => {
  globalThis.fetch = async () => Response.json({ Message: 'no function f' }, { status: 404 });
  expect(await invokeAgain('q', message, {})).toEqual({ messageId: 'm', status: 'failed', error });
});

test('a message that was sent again is dropped', async () => {
  const asked: unknown[] = [];
  globalThis.fetch = async (url, init) => {
    asked.push([init?.method, url]);
    return Response.json({});
  };
  expect(await invokeAgain('q', letter(record), {})).toEqual({ messageId: 'm', status: 'delivered' });
  expect(asked).toEqual([
    ['POST', '/2015-03-31/functions/f/invocations'],
    ['DELETE', '/_local/queues/q/messages/m'],
  ]);
});

test('all messages of a function are sent again, each once, although a few are listed at a time and one stays', async () => {
  const waiting = ['a', 'b', 'c', 'd', 'e'].map((id) => ({ ...letter(record), id }));
  const invoked: string[] = [];
  globalThis.fetch = async (url, { method = 'GET', body } = {}) => {
    if (method === 'GET') return Response.json({ waiting: waiting.length, messages: waiting.slice(0, 2) });
    if (method === 'POST') invoked.push(String(body));
    // The second one can't be dropped.
    const id = String(url).split('/').at(-1);
    if (method === 'DELETE' && id === 'b') return Response.json({ message: 'no' }, { status: 500 });
    if (method === 'DELETE')
      waiting.splice(
        waiting.findIndex((each) => each.id === id),
        1,
      );
    return Response.json({});
  };
  const sent = await invokeAllAgain('q');
  expect(sent.map(({ messageId, status }) => `${messageId} ${status}`)).toEqual([
    'a delivered',
    'b failed',
    'c delivered',
    'd delivered',
    'e delivered',
  ]);
  expect(invoked).toHaveLength(5);
});
