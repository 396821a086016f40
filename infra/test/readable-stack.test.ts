import { expect, test } from '@jest/globals';
import { readableStack } from '../scripts/readable-stack.ts';
import { synthStack } from '../scripts/synthesize.ts';

test('a resource that is gone is missing in every reference to it, also in a block that was read before', () => {
  const stack = synthStack();
  const { aws_cloudwatch_event_bus, ...others } = stack.resource;
  const [id] = Object.keys(aws_cloudwatch_event_bus ?? {});
  const whole = readableStack(stack);
  const less = readableStack({ ...stack, resource: others });

  const named = (text: string, { resources }: typeof whole) =>
    Object.values(resources).filter((resource) => JSON.stringify(resource).includes(text)).length;
  expect(named('<bus/bus.', whole)).toBeGreaterThan(10);
  expect(named('<bus/bus.', less)).toBe(0);
  expect(named(`<missing aws_cloudwatch_event_bus.${id}.`, less)).toBe(named('<bus/bus.', whole));
  expect(named('<missing ', readableStack(stack))).toBe(0);
});
