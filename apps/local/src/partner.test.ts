import { expect, test } from '@jest/globals';
import { systemIds } from '@orders/local-aws/testing';
import { createPartner } from './partner.ts';

const makePartner = () => createPartner(new Map(), systemIds);

test('an order with the right key is taken and kept, the same one once', () => {
  const partner = makePartner();
  const [first, second] = [{ id: '1', detail: {} }, { id: '2' }];
  for (const event of [first, second, first]) {
    expect(partner.receive(partner.apiKey, JSON.stringify(event))).toEqual({
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
])('a request with %s is refused, and nothing is kept', (_, key, body, status) => {
  const partner = makePartner();
  const answer = partner.receive(key === null ? partner.apiKey : key, body);
  expect(answer).toEqual({ status, body: { message: expect.any(String) } });
  expect(partner.received()).toEqual([]);
});

test('the key is another one in each run', () => {
  expect(makePartner().apiKey).not.toBe(makePartner().apiKey);
});

test('the last thousand orders are kept', () => {
  const partner = makePartner();
  for (let id = 0; id < 1_001; id += 1) partner.receive(partner.apiKey, JSON.stringify({ id }));
  expect(partner.received()).toHaveLength(1_000);
  expect(partner.received()[0]).toEqual({ id: 1 });
});
