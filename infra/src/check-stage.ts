import { SettingError } from './setting-error.ts';
import type { Stage } from './stages.ts';

/** The days that CloudWatch takes for the retention of a log group (PutRetentionPolicy). */
const retentions = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** A hundred years, and what no account's API takes in a second: more is a slip of the pen. */
const maxDays = 36_500;
const maxRate = 1_000_000;

const isCount = (value: unknown, max: number) =>
  Number.isSafeInteger(value) && Number(value) >= 1 && Number(value) <= max;

/** A page's origin: a scheme and a host, and nothing after it. */
const isOrigin = (text: unknown) =>
  typeof text === 'string' &&
  /^https?:\/\//.test(text) &&
  URL.canParse(text) &&
  new URL(text).origin === text;

/**
 * Holds a row of the table of stages against what AWS takes, so that a slip fails at synth, and not in a deploy. Its types
 * are looked at as well: whoever synthesizes need not have compiled it.
 *
 * @throws {SettingError} that says what was received, and what is allowed
 */
export function checkStage(stage: Stage): void {
  const check = (field: string, received: unknown, isAllowed: boolean, allowed: string) => {
    if (isAllowed) return;
    throw new SettingError(
      `The stage ${stage.name} has ${field} ${JSON.stringify(received) ?? 'missing'} in infra/src/stages.ts: allowed is ` +
        allowed,
    );
  };
  const { name, logRetentionDays, archiveDays, deletionProtection, throttle, alarmTarget, corsOrigins } =
    stage;
  check(
    'name',
    name,
    /^[a-z][a-z0-9-]{0,20}$/.test(name),
    'a-z, 0-9 and hyphens, 21 of them at most, a letter first',
  );
  check(
    'logRetentionDays',
    logRetentionDays,
    retentions.includes(logRetentionDays),
    `one of ${retentions.join(', ')}`,
  );
  check('archiveDays', archiveDays, isCount(archiveDays, maxDays), `a whole number from 1 to ${maxDays}`);
  check('deletionProtection', deletionProtection, typeof deletionProtection === 'boolean', 'true or false');
  const limits: Partial<Stage['throttle']> = throttle ?? {};
  for (const limit of ['requestsPerSecond', 'burst'] as const) {
    const received = limits[limit];
    check(`throttle.${limit}`, received, isCount(received, maxRate), `a whole number from 1 to ${maxRate}`);
  }
  check('alarmTarget', alarmTarget, ['nobody', 'email'].includes(alarmTarget), '"nobody" or "email"');
  check('corsOrigins', corsOrigins, Array.isArray(corsOrigins), 'a list of origins');
  for (const origin of corsOrigins) {
    check(
      'corsOrigins',
      origin,
      isOrigin(origin),
      'an origin as a browser sends it, https://shop.example: in lower case, without the usual port, and with no / at the end',
    );
  }
}
