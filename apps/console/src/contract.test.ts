import { expect, test } from '@jest/globals';
import { check, fieldsOf, readField, writeField } from './contract.ts';

const schema = {
  required: ['id', 'inner'],
  properties: {
    id: { title: 'Id', type: 'string', description: 'It says which.', examples: ['a'] },
    inner: { required: ['value'], properties: { value: { type: 'number' }, note: { type: 'string' } } },
  },
};

test('a form has the fields of a schema, those of inner objects as well', () => {
  const fields = fieldsOf(schema);
  expect(
    fields.map(({ path, title, isNumber, isRequired }) => [path.join('/'), title, isNumber, isRequired]),
  ).toEqual([
    ['id', 'Id', false, true],
    ['inner/value', 'value', true, true],
    ['inner/note', 'note', false, false],
  ]);
  expect(fields[0]).toMatchObject({ description: 'It says which.', example: 'a' });
});

test.each([
  ['300', 300],
  ['1e3', 1_000],
  ['abc', 'abc'],
  ['  ', '  '],
])(
  'the text %j of a number is in the detail as %j, so that the contract says what is wrong with it',
  (text, value) => {
    const field = { path: ['inner', 'value'], isNumber: true };
    const changed = writeField({ id: 'a', inner: { note: 'n' } }, field, text);
    expect(changed).toEqual({ id: 'a', inner: { note: 'n', value } });
  },
);

test('a field that is emptied leaves the detail, and the others stay in their order', () => {
  const field = { path: ['b'], isNumber: false };
  expect(writeField({ a: 1, b: 'x', c: 2 }, field, '')).toEqual({ a: 1, c: 2 });
  expect(Object.keys(writeField({ a: 1, b: 'x', c: 2 }, field, 'y'))).toEqual(['a', 'b', 'c']);
  expect([readField({ b: 'x' }, field), readField({ b: 7 }, field), readField(undefined, field)]).toEqual([
    'x',
    '7',
    '',
  ]);
});

test('what is typed is checked: JSON first, then by the contract', () => {
  expect(check('Order Placed', '{').issues).toMatchObject([{ path: '', allowed: 'a JSON object' }]);
  const order = {
    orderId: '01890a5d-ac96-774b-bcce-b302099a8057',
    category: 'a',
    location: 'eu-west',
    value: 0,
  };
  expect(check('Order Placed', JSON.stringify(order))).toMatchObject({
    value: order,
    issues: [{ path: '/value' }],
  });
  expect(check('Order Placed', JSON.stringify({ ...order, value: 1 })).issues).toEqual([]);
});
