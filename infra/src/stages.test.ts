import { expect, test } from '@jest/globals';
import { stageNames, stageOf, UnknownStageError } from './stages.ts';

test('STAGE chooses the stage; unset, it is dev', () => {
  for (const name of stageNames) expect(stageOf(name).name).toBe(name);
  expect(stageOf(undefined).name).toBe('dev');
});

test.each(['production', 'Dev', '', 'toString'])('STAGE=%s is refused with what is allowed', (name) => {
  expect(() => stageOf(name)).toThrow(
    new UnknownStageError(
      `STAGE is "${name}", which isn't a stage. Allowed are ${stageNames.join(', ')}; unset, it is dev`,
    ),
  );
});

test('every stage has a name of its own', () => {
  expect(new Set(stageNames).size).toBe(stageNames.length);
});
