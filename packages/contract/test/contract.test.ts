import { describe, expect, test } from '@jest/globals';
import { formats } from '@orders/schema-compatibility';
import { Ajv } from 'ajv';
import {
  type ContractEvent,
  envelopeOf,
  exampleEvent,
  readContract,
  validateContract,
} from '../src/index.ts';

test('the contract of this repository is valid, and an event has its names and its publisher', () => {
  const events = validateContract(readContract());
  expect(events.find(({ id }) => id === 'order-placed')).toMatchObject({
    name: 'OrderPlaced',
    source: 'com.aws.orders',
    detailType: 'Order Placed',
    publishedBy: 'producer',
    detail: { title: 'Order Placed' },
  });
});

test.each(['order-placed-v2', 'order-placed'])('%s is the name of a file', (id) => {
  const [event] = readContract();
  if (!event) throw new Error('the contract has no event');
  const renamed = { ...event, id, detail: { ...event.detail, $id: id } };
  expect(validateContract([renamed])).toEqual([renamed]);
});

test.each(['OrderPlaced', 'order_placed', '2-orders', 'order-'])('%s is not', (id) => {
  const [event] = readContract();
  if (!event) throw new Error('the contract has no event');
  expect(() => validateContract([{ ...event, id }])).toThrow(`schemas/${id}.json: allowed is a file name`);
});

describe('a $ref that leads back to itself', () => {
  const faultOf = (schema: object) => {
    const [model] = readContract();
    const detail = { ...schema, $id: 'test', type: 'object' };
    return () => validateContract([{ ...(model as ContractEvent), id: 'test', detail }]);
  };
  const ref = (name: string) => ({ $ref: `#/definitions/${name}` });

  test.each<[string, object, string]>([
    [
      'at once',
      { properties: { a: ref('x') }, definitions: { x: ref('x') } },
      '/definitions/x/$ref: #/definitions/x',
    ],
    [
      'by another',
      { properties: { a: ref('x') }, definitions: { x: ref('y'), y: ref('x') } },
      'leads back to itself',
    ],
    [
      'in allOf',
      { properties: { a: ref('x') }, definitions: { x: { allOf: [{ anyOf: [ref('x')] }] } } },
      'leads back',
    ],
    [
      'after a field that leads there too',
      {
        properties: { a: ref('y') },
        definitions: { y: { properties: { f: ref('x') }, allOf: [ref('x')] }, x: ref('y') },
      },
      'leads back',
    ],
  ])('%s is refused, with its place', (_, schema, message) => {
    expect(faultOf(schema)).toThrow(message);
    expect(faultOf(schema)).toThrow('allowed is a cycle with a field or an item in between');
  });

  test('with a field or an item in between is a schema of a tree', () => {
    const definitions = {
      x: { type: 'object', properties: { next: ref('x'), all: { type: 'array', items: ref('x') } } },
    };
    expect(faultOf({ properties: { a: ref('x') }, definitions })).not.toThrow();
  });
});

describe('the envelope', () => {
  /** The example of "AWS service event metadata" in the EventBridge user guide. */
  const event = {
    version: '0',
    id: '6a7e8feb-b491-4cf7-a9f1-bf3703467718',
    'detail-type': 'EC2 Instance State-change Notification',
    source: 'aws.ec2',
    account: '111122223333',
    time: '2017-12-22T18:43:48Z',
    region: 'us-west-1',
    resources: ['arn:aws:ec2:us-west-1:123456789012:instance/i-1234567890abcdef0'],
    detail: { 'instance-id': ' i-1234567890abcdef0', state: 'terminated' },
  };
  // An instance compiles the schema of draft-07 once, which takes longer than these.
  const strict = new Ajv({ strict: true, formats });
  const lenient = new Ajv({ strict: false, formats });
  const isValid = strict.compile(
    envelopeOf({ source: 'aws.ec2', detailType: event['detail-type'] }, { type: 'object' }),
  );

  test('takes an event as EventBridge documents it, and fields that it may get later', () => {
    expect(isValid(event)).toBe(true);
    expect(isValid({ ...event, 'replay-name': 'again' })).toBe(true);
  });

  test.each<[string, unknown]>([
    ['version', '1'],
    ['id', 7],
    ['detail-type', 'Other'],
    ['source', 'aws.s3'],
    ['account', '11112222333'],
    ['time', '2017-12-22'],
    ['time', '2017-02-29T18:43:48Z'],
    ['region', null],
    ['resources', [1]],
    ['detail', 'text'],
  ])('refuses an event whose %s is %j, and one without it', (name, value) => {
    expect(isValid({ ...event, [name]: value })).toBe(false);
    expect(isValid({ ...event, [name]: undefined })).toBe(false);
  });

  test.each(readContract())(
    'takes the example of $detailType, and so does the schema of its detail',
    (contract) => {
      const schema = envelopeOf(contract, contract.detail);
      expect(lenient.compile(schema)(exampleEvent(contract))).toBe(true);
    },
  );

  test('takes any detail-type if none is named', () => {
    const isAny = strict.compile(envelopeOf({ source: 'aws.ec2' }, {}));
    expect(isAny({ ...event, 'detail-type': 'Other' })).toBe(true);
  });
});
