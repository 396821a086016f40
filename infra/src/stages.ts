/** How the stages differ: all of it is in this table. */
import { checkStage } from './check-stage.ts';
import { SettingError } from './setting-error.ts';

export interface Stage {
  name: string;
  /** How long every log group keeps its lines, in days; one of the numbers that CloudWatch takes. */
  logRetentionDays: number;
  /** How long the bus's events can be replayed, in days, 1 or more. */
  archiveDays: number;
  /** Whether AWS refuses to delete the table of orders. */
  deletionProtection: boolean;
  /** What all clients of the API together may send; whole numbers, 1 or more. */
  throttle: { requestsPerSecond: number; burst: number };
  /** Who is told when an alarm goes off: nobody, or whoever has the address in the variable `alarm_email`. */
  alarmTarget: 'nobody' | 'email';
  /** The origins whose pages may place orders from a browser, `https://shop.example`; none, and CORS is off. */
  corsOrigins: readonly string[];
}

const stages: readonly Stage[] = [
  {
    name: 'dev',
    logRetentionDays: 14,
    archiveDays: 14,
    deletionProtection: false,
    throttle: { requestsPerSecond: 50, burst: 100 },
    alarmTarget: 'nobody',
    corsOrigins: [],
  },
  {
    name: 'prod',
    logRetentionDays: 90,
    archiveDays: 90,
    deletionProtection: true,
    throttle: { requestsPerSecond: 500, burst: 1_000 },
    alarmTarget: 'email',
    corsOrigins: [],
  },
];

export const stageNames = stages.map(({ name }) => name);

/**
 * The stage of this name.
 *
 * @param name what the environment variable STAGE says; `dev` if it isn't set
 * @throws {SettingError} that says which stages there are, or what is wrong in the table
 */
export function stageOf(name = 'dev'): Stage {
  const stage = stages.find((candidate) => candidate.name === name);
  if (stage) {
    checkStage(stage);
    return stage;
  }
  throw new SettingError(
    `STAGE is ${JSON.stringify(name)}: there is no such stage. Allowed are ${stageNames.join(', ')}; unset, it is dev`,
  );
}
