import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../json.ts';
import { UnsupportedError } from '../../plan/unsupported-error.ts';
import { DeliveryError } from '../../target.ts';
import { makeEvent } from '../../testing.ts';
import { readTargetInput } from './target-input.ts';

const detail = {
  orderId: 'o-7',
  value: 12.5,
  paid: true,
  customer: { name: 'Zoë "Z"', tags: ['new', 'eu'] },
  items: [{ sku: 'a' }, { sku: 'b' }],
  nothing: null,
};
const event = makeEvent({ detail });
const facts = {
  ruleName: 'Every',
  ruleArn: 'arn:rule/Orders/Every',
  receivedAt: Date.UTC(2026, 10, 22, 12, 0, 1),
};
const readInput = (attributes: JsonObject) => readTargetInput({ address: 'target.t', attributes });
const input = (attributes: JsonObject) => readInput(attributes)(event, facts);
const transform = (input_template: string, input_paths: JsonObject = {}) =>
  input({ input_transformer: { input_paths, input_template } });

test('without anything said, a target gets the event', () => {
  expect(JSON.parse(input({}))).toEqual(event);
});

test('an input is what a target gets, whatever the event is', () => {
  expect(input({ input: '{"a": 1}' })).toBe('{"a": 1}');
});

describe('an input path', () => {
  test.each([
    ['$', event],
    ['$.detail', detail],
    ['$.detail-type', 'Order Placed'],
    ['$.detail.customer.tags[1]', 'eu'],
    ['$.detail.items[*].sku', ['a', 'b']],
    ['$.detail.items[*].none', []],
    ['$.detail.nothing', null],
  ])('gives the target what is there: %s', (input_path, expected) => {
    expect(JSON.parse(input({ input_path }))).toEqual(expected);
  });

  test('to nothing is a delivery that fails at once', () => {
    expect(() => input({ input_path: '$.detail.toString' })).toThrow(DeliveryError);
    expect(() => input({ input_path: '$.detail.items[2]' })).toThrow(
      'The event has nothing at $.detail.items[2]',
    );
  });

  test.each(['detail', '$.detail[?(@.a)]', "$.detail['a']", '$..a', '$.a[1:2]'])(
    '%s is refused',
    (input_path) => {
      expect(() => readInput({ input_path })).toThrow(UnsupportedError);
      expect(() => readInput({ input_path })).toThrow('target.t.input_path: ');
    },
  );
});

describe('a template', () => {
  const paths = {
    id: '$.detail.orderId',
    value: '$.detail.value',
    customer: '$.detail.customer',
    tags: '$.detail.customer.tags',
    name: '$.detail.customer.name',
    paid: '$.detail.paid',
    missing: '$.detail.missing',
  };

  test('of an object takes values of any kind outside of quotes', () => {
    const template =
      '{"id": <id>, "value": <value>, "customer": <customer>, "tags": [<tags>, 1], "paid": <paid>}';
    expect(JSON.parse(transform(template, paths))).toEqual({
      id: 'o-7',
      value: 12.5,
      customer: detail.customer,
      tags: [detail.customer.tags, 1],
      paid: true,
    });
  });

  test('of an object takes texts, numbers and booleans inside of quotes', () => {
    expect(JSON.parse(transform('{"path": "orders/<id>/<value>/<paid>", "name": "<name>"}', paths))).toEqual({
      path: 'orders/o-7/12.5/true',
      name: 'Zoë "Z"',
    });
  });

  test('has an empty text for what the event lacks', () => {
    expect(JSON.parse(transform('{"a": <missing>, "b": "x<missing>"}', paths))).toEqual({ a: '', b: 'x' });
  });

  test('of a line has objects and lists without their quotes', () => {
    expect(
      transform('"<id> of <customer> in <tags>, <missing>"', { ...paths, customer: '$.detail.items[0]' }),
    ).toBe('"o-7 of {sku:a} in [new,eu], "');
  });

  test('may have several lines, which are no JSON together', () => {
    expect(transform('"<id>"\n"<value> <paid>"', paths)).toBe('"o-7"\n"12.5 true"');
  });

  test('has variables that EventBridge gives it', () => {
    const template =
      '{"arn": "<aws.events.rule-arn>", "rule": <aws.events.rule-name>, "at": <aws.events.event.ingestion-time>, ' +
      '"event": <aws.events.event>, "all": <aws.events.event.json>}';
    const { detail: _, 'detail-type': detailType, ...envelope } = event;
    expect(JSON.parse(transform(template))).toEqual({
      arn: 'arn:rule/Orders/Every',
      rule: 'Every',
      at: '2026-11-22T12:00:01.000Z',
      event: { ...envelope, detailType },
      all: event,
    });
  });

  test('that makes no JSON of an event is a delivery that fails at once', () => {
    const failing = () => transform('{"tags": "<tags>"}', paths);
    expect(failing).toThrow(DeliveryError);
    expect(failing).toThrow('makes no JSON of the event: {"tags": "["new","eu"]"}');
  });

  test.each([
    [
      'a placeholder that has no path',
      '{"a": <other>}',
      {},
      'contains the placeholder <other>; input_paths has none',
    ],
    [
      'neither JSON nor a text in quotes',
      'order <id>',
      paths,
      'makes neither JSON nor lines of text in quotes',
    ],
    ['a placeholder for a name', '{<id>: <id>, }', paths, 'makes neither JSON'],
    ['a path of another syntax', '{"a": <a>}', { a: '$..a' }, 'target.t.input_transformer.input_paths.a: '],
    ['a variable of AWS', '{"a": <AWSx>}', { AWSx: '$.a' }, 'no variable whose name begins with "AWS"'],
  ])('with %s is refused', (_, input_template, input_paths, message) => {
    const read = () => readInput({ input_transformer: { input_paths, input_template } });
    expect(read).toThrow(UnsupportedError);
    expect(read).toThrow(message);
  });
});

test('two of them together are refused, as by EventBridge', () => {
  expect(() => readInput({ input: '1', input_path: '$' })).toThrow(
    'target.t: EventBridge takes only one of input and input_path',
  );
});
