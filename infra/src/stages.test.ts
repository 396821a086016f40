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

test('every stage has a name of its own', () => {
  expect(new Set(stageNames).size).toBe(stageNames.length);
});
