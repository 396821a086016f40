import { expect, test } from '@jest/globals';
import { stageNames, stageOf, UnknownStageError } from './stages.ts';

test('STAGE chooses the stage; unset, it is dev', () => {
  for (const name of stageNames) expect(stageOf(name).name).toBe(name);
  expect(stageOf(undefined).name).toBe('dev');
});

test.each(['pr-42', 'pr-a', 'pr-add-gift-notes'])(
  'STAGE=%s is an environment of a branch, named after it',
  (name) => {
    expect(stageOf(name)).toMatchObject({
      name,
      prefix: `${name}-`,
      deletionProtection: false,
      logRetentionDays: 1,
    });
  },
);

test.each(['production', 'Dev', '', 'toString', 'pr-', 'pr-A', 'pr-4-', 'pr-_', 'pr-12345678901234567'])(
  'STAGE=%s is refused with what is allowed',
  (name) => {
    expect(() => stageOf(name)).toThrow(
      new UnknownStageError(
        `STAGE is "${name}", which isn't a stage. Allowed are ${stageNames.join(', ')}, and pr- with up to 16 lower-case ` +
          'letters, digits and hyphens, such as pr-42, for an environment of a branch; unset, it is dev',
      ),
    );
  },
);

test.each([...stageNames, 'pr-42'])('%s has times that CloudWatch takes', (name) => {
  const { lateAfterMinutes, idleAfterHours = 1 } = stageOf(name);
  expect([lateAfterMinutes, idleAfterHours].every(Number.isInteger)).toBe(true);
  expect(lateAfterMinutes).toBeGreaterThan(0);
  expect(lateAfterMinutes).toBeLessThanOrEqual(110);
  expect(idleAfterHours).toBeGreaterThan(0);
  expect(idleAfterHours).toBeLessThanOrEqual(24);
});

test('a time without orders is an alarm in prod alone: nobody has to order in dev or in an environment of a branch', () => {
  const watched = [...stageNames, 'pr-42'].filter((name) => stageOf(name).idleAfterHours !== undefined);
  expect(watched).toEqual(['prod']);
});

test('every stage has a name of its own', () => {
  expect(new Set(stageNames).size).toBe(stageNames.length);
});
