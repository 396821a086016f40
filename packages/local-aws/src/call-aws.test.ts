import { expect, test } from '@jest/globals';
import { createDispatch } from './aws.ts';
import { createCallAws } from './call-aws.ts';
import { LostAnswerError } from './faults/lost-answer-error.ts';
import { createTables } from './services/table/tables.ts';
import { makeContext, makePlan } from './testing.ts';

const caller = { roleArn: 'arn:role', flowId: 'flow' };
const put = {
  TableName: 'Things',
  Item: { id: { S: 'a' } },
  ConditionExpression: 'attribute_not_exists(id)',
};

test('a call of DynamoDB gives its answer, or throws its error, as a call of any other service does', async () => {
  const plan = makePlan({
    aws_dynamodb_table: { t: { name: 'Things', hash_key: 'id', attribute: [{ name: 'id', type: 'S' }] } },
  });
  const context = makeContext();
  const { operations } = await createTables(plan, context);
  const callAws = createCallAws(Promise.resolve(createDispatch(operations ? [operations] : [], context.iam)));

  expect(await callAws('DynamoDB_20120810.PutItem', put, caller)).toEqual({});
  await expect(callAws('DynamoDB_20120810.PutItem', put, caller)).rejects.toMatchObject({
    name: 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException',
    message: 'The conditional request failed',
    status: 400,
  });
  expect(
    await callAws('DynamoDB_20120810.GetItem', { TableName: 'Things', Key: { id: { S: 'a' } } }, caller),
  ).toEqual({ Item: { id: { S: 'a' } } });
  await context.state.close();
});

test('a lost answer is an error of the service, which workflows try again', async () => {
  const callAws = createCallAws(Promise.resolve(() => Promise.reject(new LostAnswerError('PutEvents'))));
  await expect(callAws('AWSEvents.PutEvents', {}, caller)).rejects.toMatchObject({
    name: 'InternalFailure',
    message: 'The answer to PutEvents was lost: an injected fault',
    status: 500,
  });
});
