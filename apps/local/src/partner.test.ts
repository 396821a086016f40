import { expect, test } from '@jest/globals';
import { FakeClock, systemIds } from '@orders/local-aws/testing';
import { createPartner } from './partner.ts';

const makePartner = (clock = new FakeClock()) => createPartner(new Map(), { ids: systemIds, clock });

test('an order with the right key is taken and kept, the same one once', async () => {
  const partner = makePartner();
  const [first, second] = [{ id: '1', detail: {} }, { id: '2' }];
  for (const event of [first, second, first]) {
    expect(await partner.receive(partner.apiKey, JSON.stringify(event))).toEqual({
      status: 202,
      body: { message: 'Accepted' },
    });
  }
  expect(partner.received()).toEqual([first, second]);
});

test.each<[string, string | undefined | null, string, number]>([
  ['no key', undefined, '{}', 401],
  ['a wrong key', 'x', '{}', 401],
  ["a body that isn't JSON", null, '{', 400],
  ["a body that isn't an object", null, '[]', 400],
])('a request with %s is refused, and nothing is kept', async (_, key, body, status) => {
  const partner = makePartner();
  const answer = await partner.receive(key === null ? partner.apiKey : key, body);
  expect(answer).toEqual({ status, body: { message: expect.any(String) } });
  expect(partner.received()).toEqual([]);
});

test('any answer that says it took the order means that it has it', async () => {
  const partner = makePartner();
  partner.behave({ status: 200 });
  expect((await partner.receive(partner.apiKey, '{"id":"1"}')).status).toBe(200);
  expect(partner.received()).toEqual([{ id: '1' }]);
});

test('the key is another one in each run', () => {
  expect(makePartner().apiKey).not.toBe(makePartner().apiKey);
});

test('the last thousand orders are kept', async () => {
  const partner = makePartner();
  for (let id = 0; id < 1_001; id += 1) await partner.receive(partner.apiKey, JSON.stringify({ id }));
  expect(partner.received()).toHaveLength(1_000);
  expect(partner.received()[0]).toEqual({ id: 1 });
});

test('fewer are kept when they are large', async () => {
  const partner = makePartner();
  const text = 'x'.repeat(1024 * 1024);
  for (let id = 0; id < 40; id += 1) await partner.receive(partner.apiKey, JSON.stringify({ id, text }));
  const ids = partner.received().map(({ id }) => id);
  expect(ids).toEqual(Array.from({ length: ids.length }, (_, index) => 40 - ids.length + index));
  expect(ids).toHaveLength(31);
});

test('the partner fails as long as it is asked to, and keeps nothing then', async () => {
  const partner = makePartner();
  partner.behave({ status: 503 });
  expect(await partner.receive(partner.apiKey, '{"id":"1"}')).toMatchObject({ status: 503 });
  expect(partner.received()).toEqual([]);
  partner.behave({});
  expect(await partner.receive(partner.apiKey, '{"id":"1"}')).toMatchObject({ status: 202 });
});

test('the partner takes as long as it is asked to', async () => {
  const clock = new FakeClock();
  const partner = makePartner(clock);
  partner.behave({ delayMs: 6_000 });
  let answered = false;
  const answer = partner.receive(partner.apiKey, '{"id":"1"}').then(() => {
    answered = true;
  });
  clock.advance(5_999);
  await Promise.resolve();
  expect(answered).toBe(false);
  clock.advance(1);
  await answer;
});
