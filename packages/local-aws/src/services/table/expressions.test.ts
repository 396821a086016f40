/** dynalite parses an expression once. Of what it is parsed into, nothing may come from an earlier request. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../json.ts';
import { createState } from '../../state/state.ts';
import { makeTable, must } from './make-table.ts';

const state = createState();
const TableName = 'Things';
afterAll(() => state.close());
beforeAll(() =>
  makeTable(
    {
      TableName,
      KeySchema: [
        { AttributeName: 'a', KeyType: 'HASH' },
        { AttributeName: 'b', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [
        { AttributeName: 'a', AttributeType: 'S' },
        { AttributeName: 'b', AttributeType: 'N' },
      ],
      BillingMode: 'PAY_PER_REQUEST',
    },
    state,
    ['1', '2', '3'].map((b) => ({ a: { S: 'listed' }, b: { N: b } })),
  ),
);

/** Updates a row. Returns all of it, or rejects with the error. */
const update = async (a: string, input: JsonObject) => {
  const Key = { a: { S: a }, b: { N: '1' } };
  const { Attributes } = await must(
    state.tables.call('UpdateItem', { TableName, Key, ReturnValues: 'ALL_NEW', ...input }),
    a,
  );
  const { a: _, b: __, ...others } = Attributes as JsonObject;
  return others;
};
const query = async (input: JsonObject) => {
  const { Items } = await must(state.tables.call('Query', { TableName, ...input }), TableName);
  return (Items as { b: { N: string } }[]).map(({ b }) => b.N);
};
const adding = (name: string, value: JsonObject): JsonObject => ({
  UpdateExpression: 'SET #n = if_not_exists(#n, :zero) + :value',
  ExpressionAttributeNames: { '#n': name },
  ExpressionAttributeValues: { ':zero': { N: '0' }, ':value': value },
});

describe('an expression that came before', () => {
  test('has the values of its own request', async () => {
    expect(await update('values', adding('sum', { N: '1' }))).toEqual({ sum: { N: '1' } });
    expect(await update('values', adding('sum', { N: '5' }))).toEqual({ sum: { N: '6' } });
  });

  test('has the names of its own request', async () => {
    expect(await update('names', adding('one', { N: '1' }))).toEqual({ one: { N: '1' } });
    expect(await update('names', adding('other', { N: '2' }))).toEqual({
      one: { N: '1' },
      other: { N: '2' },
    });
  });

  test('is refused with values of another type', async () => {
    await update('types', adding('sum', { N: '1' }));
    await expect(update('types', adding('sum', { S: '1' }))).rejects.toThrow('operand type: S');
  });

  test('is refused with a value that it does not use', async () => {
    const { ExpressionAttributeValues: values, ...expression } = adding('sum', { N: '1' });
    await update('unused', { ...expression, ExpressionAttributeValues: values as JsonObject });
    const more = { ...(values as JsonObject), ':more': { N: '1' } };
    for (let count = 0; count < 2; count += 1)
      await expect(update('unused', { ...expression, ExpressionAttributeValues: more })).rejects.toThrow(
        'unused in expressions: keys: {:more}',
      );
  });

  test.each<[string, string, JsonObject, JsonObject, string]>([
    [
      'bounds',
      'd BETWEEN :x AND :y',
      { ':x': { N: '1' }, ':y': { N: '2' } },
      { ':x': { N: '3' }, ':y': { N: '2' } },
      'upper bound',
    ],
    [
      'names of types',
      'attribute_type(c, :x)',
      { ':x': { S: 'N' } },
      { ':x': { S: 'Z' } },
      'Invalid attribute type name',
    ],
  ])('is refused with wrong %s', async (_, condition, right, wrong, message) => {
    const all = (values: JsonObject): JsonObject => ({
      KeyConditionExpression: 'a = :a',
      FilterExpression: condition,
      ExpressionAttributeValues: { ':a': { S: 'listed' }, ...values },
    });
    expect(await query(all(right))).toEqual([]);
    await expect(query(all(wrong))).rejects.toThrow(message);
  });

  test('selects the same rows again, its operands in either order', async () => {
    const above = (b: string): JsonObject => ({
      KeyConditionExpression: ':a = a AND :b < b',
      ExpressionAttributeValues: { ':a': { S: 'listed' }, ':b': { N: b } },
    });
    expect(await query(above('1'))).toEqual(['2', '3']);
    expect(await query(above('1'))).toEqual(['2', '3']);
    expect(await query(above('2'))).toEqual(['3']);
  });
});
