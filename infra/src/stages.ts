/** How the stages differ: all of it is in this table, and in the row of every environment for a branch. */

export interface Stage {
  /** The first part of every path of the API: letters, digits and hyphens. */
  name: string;
  /** What every name on AWS begins with that an account has only once. Nothing, for a stage with an account of its own. */
  prefix: string;
  /** How long every log group keeps its lines, in days: one of the numbers that CloudWatch takes (7, 14, 30, 90, …). */
  logRetentionDays: number;
  /** How long the events of the bus can be replayed, in days, 1 or more. */
  archiveDays: number;
  /** Whether Terraform refuses to destroy what holds orders (tables, queues, the archive), and AWS to delete a table. */
  deletionProtection: boolean;
  /** Who may call the API: everybody, or bearers of a token of the issuer in the variables `jwt_issuer` and `jwt_audience`. */
  access: 'everybody' | 'jwt';
  /** What all clients of the API together may send: whole numbers, 1 or more. */
  throttle: { requestsPerSecond: number; burst: number };
  /** Who gets a mail when an alarm goes off: nobody, or the address in the variable `alarm_email`. */
  alarmTarget: 'nobody' | 'email';
  /**
   * How long an order may take until it is dispatched or handed over, in minutes: 1 to 110. CloudWatch counts nothing that is
   * more than two hours ahead.
   */
  lateAfterMinutes: number;
  /** After how many hours without an order somebody has to look, 1 to 24; never, where nobody has to order anything. */
  idleAfterHours: number | undefined;
  /** The origins whose pages may place orders from a browser, such as `https://shop.example`. Without any, CORS is off. */
  corsOrigins: readonly string[];
}

const stages: readonly Stage[] = [
  {
    name: 'dev',
    prefix: '',
    logRetentionDays: 14,
    archiveDays: 14,
    deletionProtection: false,
    access: 'everybody',
    throttle: { requestsPerSecond: 50, burst: 100 },
    alarmTarget: 'nobody',
    lateAfterMinutes: 15,
    idleAfterHours: undefined,
    corsOrigins: [],
  },
  {
    name: 'prod',
    prefix: '',
    logRetentionDays: 90,
    archiveDays: 90,
    deletionProtection: true,
    access: 'jwt',
    throttle: { requestsPerSecond: 500, burst: 1_000 },
    alarmTarget: 'email',
    lateAfterMinutes: 15,
    idleAfterHours: 6,
    corsOrigins: [],
  },
];

export const stageNames = stages.map(({ name }) => name);

/** An environment for a branch, beside dev in its account: `pr-42`. It goes as it came, with everything in it. */
const branchStage = (name: string): Stage => ({
  name,
  prefix: `${name}-`,
  logRetentionDays: 1,
  archiveDays: 1,
  deletionProtection: false,
  access: 'everybody',
  throttle: { requestsPerSecond: 10, burst: 20 },
  alarmTarget: 'nobody',
  lateAfterMinutes: 15,
  idleAfterHours: undefined,
  corsOrigins: [],
});

/** Short enough for the longest name that begins with it. */
const branchName = /^pr-[a-z0-9](?:[a-z0-9-]{0,14}[a-z0-9])?$/;

/** STAGE names a stage that the table doesn't have. */
export class UnknownStageError extends Error {
  override readonly name = 'UnknownStageError';
}

/**
 * The stage of this name.
 *
 * @param name the value of the environment variable STAGE: a row of the table, or `pr-42` for an environment of a branch;
 *   `dev` if it isn't set
 * @throws {UnknownStageError} that lists the stages
 */
export function stageOf(name = 'dev'): Stage {
  const stage = stages.find((candidate) => candidate.name === name);
  if (stage) return stage;
  if (branchName.test(name)) return branchStage(name);
  throw new UnknownStageError(
    `STAGE is ${JSON.stringify(name)}, which isn't a stage. Allowed are ${stageNames.join(', ')}, and pr- with up to 16 lower-case ` +
      'letters, digits and hyphens, such as pr-42, for an environment of a branch; unset, it is dev',
  );
}
