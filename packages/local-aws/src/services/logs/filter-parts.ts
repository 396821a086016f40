import type { AwsError } from '../../aws-error.ts';
import { invalidParameter } from './logs-request.ts';

/** Whether a line matches a filter pattern. */
export type LineMatcher = (line: string) => boolean;

export const invalidFilterPattern = (why: string): AwsError =>
  invalidParameter(`Invalid filter pattern: ${why}.`);

/** Letters, digits, some symbols and operators; no groups. */
const allowed = /^[A-Za-z0-9:_#=@/;,\-^$?[\]{}|\\*+.]+$/;

/** Reads a regular expression of a filter pattern, `[hc]at$`. */
export function readRegex(source: string): RegExp {
  if (!allowed.test(source)) {
    throw invalidFilterPattern(
      `the regular expression %${source}% may have letters, digits, : _ # = @ / ; , - and ^ $ ? [ ] { } | \\ * + . only`,
    );
  }
  try {
    return new RegExp(source);
  } catch (error) {
    throw invalidFilterPattern(`the regular expression %${source}% can't be read: ${String(error)}`);
  }
}
