import { SettingError } from './setting-error.ts';
import type { Stage } from './stages.ts';

/** The days that CloudWatch takes for the retention of a log group (PutRetentionPolicy). */
const retentions = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

const isCount = (value: number) => Number.isSafeInteger(value) && value >= 1;

/** A page's origin: a scheme and a host, and nothing after it. */
const isOrigin = (text: string) =>
  /^https?:\/\//.test(text) && URL.canParse(text) && new URL(text).origin === text;

/**
 * Holds a row of the table of stages against what AWS takes, so that a slip fails at synth, and not in a deploy.
 *
 * @returns the stage
 * @throws {SettingError} that says what was received, and what is allowed
 */
export function checkStage(stage: Stage): Stage {
  const check = (field: string, received: unknown, isAllowed: boolean, allowed: string) => {
    if (isAllowed) return;
    throw new SettingError(
      `The stage ${stage.name} has ${field} ${JSON.stringify(received)} in infra/src/stages.ts: allowed is ${allowed}`,
    );
  };
  const { name, logRetentionDays, archiveDays, throttle, corsOrigins } = stage;
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
  check('archiveDays', archiveDays, isCount(archiveDays), 'a whole number, 1 or more');
  const { requestsPerSecond, burst } = throttle;
  check(
    'throttle.requestsPerSecond',
    requestsPerSecond,
    isCount(requestsPerSecond),
    'a whole number, 1 or more',
  );
  check('throttle.burst', burst, isCount(burst), 'a whole number, 1 or more');
  for (const origin of corsOrigins) {
    check(
      'corsOrigins',
      origin,
      isOrigin(origin),
      'an origin without a path or a slash at the end, https://shop.example',
    );
  }
  return stage;
}
