import { expect, test } from '@jest/globals';
import { failureRecordOf, type Letter, reasonOf } from './queues-api.ts';

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
