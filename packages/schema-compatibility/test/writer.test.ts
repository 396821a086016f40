import { expect, test } from '@jest/globals';
import { findWritten, writerOf } from '../src/index.ts';

// A search keeps what it found for a schema in a place.
test('what was found where a schema has to hold is not the answer where the same schema has to fail', () => {
  const writer = writerOf({ type: 'object', required: ['a'] });
  const fields = { properties: { a: { type: 'string' } } };
  const text = { outcome: 'found', document: { a: expect.any(String) } };
  expect(findWritten(writer, [fields])).toEqual(text);
  const other = findWritten(writer, [{ not: fields }]);
  expect(other.outcome).toBe('found');
  expect(other).not.toEqual(text);
});

test('what was found for one writer is not the answer for another', () => {
  const fields = { properties: { a: { type: 'object', required: ['x'] } } };
  /** Its field `a` may be anything, in which it declares one field. */
  const writes = (name: string) =>
    writerOf({
      ...{ type: 'object', required: ['a'] },
      anyOf: [{}, { properties: { a: { properties: { [name]: true } } } }],
    });
  expect(findWritten(writes('x'), [fields])).toMatchObject({ outcome: 'found' });
  expect(findWritten(writes('y'), [fields])).toEqual({ outcome: 'none' });
});
