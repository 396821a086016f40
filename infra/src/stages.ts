/** How the stages differ: all of it is in this table. */

export interface Stage {
  /** The first part of every path of the API: letters, digits and hyphens. */
  name: string;
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
  /** The origins whose pages may place orders from a browser, such as `https://shop.example`. Without any, CORS is off. */
  corsOrigins: readonly string[];
}

const stages: readonly Stage[] = [
  {
    name: 'dev',
    logRetentionDays: 14,
    archiveDays: 14,
    deletionProtection: false,
    access: 'everybody',
    throttle: { requestsPerSecond: 50, burst: 100 },
    alarmTarget: 'nobody',
    corsOrigins: [],
  },
  {
    name: 'prod',
    logRetentionDays: 90,
    archiveDays: 90,
    deletionProtection: true,
    access: 'jwt',
    throttle: { requestsPerSecond: 500, burst: 1_000 },
    alarmTarget: 'email',
    corsOrigins: [],
  },
];

export const stageNames = stages.map(({ name }) => name);

/** STAGE names a stage that the table doesn't have. */
export class UnknownStageError extends Error {
  override readonly name = 'UnknownStageError';
}

/**
 * The stage of this name.
 *
 * @param name the value of the environment variable STAGE; `dev` if it isn't set
 * @throws {UnknownStageError} that lists the stages
 */
export function stageOf(name = 'dev'): Stage {
  const stage = stages.find((candidate) => candidate.name === name);
  if (stage) return stage;
  throw new UnknownStageError(
    `STAGE is ${JSON.stringify(name)}, which isn't a stage. Allowed are ${stageNames.join(', ')}; unset, it is dev`,
  );
}
