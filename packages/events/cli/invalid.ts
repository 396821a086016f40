import type { ContractEvent } from '@orders/contract';
import * as events from '../src/index.ts';
import { namesIn } from '../src/json-pointer.ts';
import { fixtures } from '../src/testing.ts';
import { UsageError } from './command.ts';

/**
 * The contract's invalid details whose only fault is in a field, each by what is wrong with it.
 *
 * @param field the names that lead to the field, joined by dots
 * @throws {UsageError} with the fields that have such details
 */
export function invalidDetails({ detailType }: ContractEvent, field: string): [string, unknown][] {
  const details = Object.entries(fixtures[detailType as events.DetailType].invalid);
  const byField = Map.groupBy(details, ([, detail]) => faultyField(detailType, detail));
  const found = byField.get(field);
  if (found && field !== '') return found;
  const known = [...byField.keys()].filter((each) => each !== undefined && each !== '');
  throw new UsageError(`--invalid is ${JSON.stringify(field)}; allowed are ${known.join(', ')}`);
}

/** The only field that is wrong; undefined if several are. */
function faultyField(detailType: string, detail: unknown): string | undefined {
  try {
    events.parseDetail(detailType as events.DetailType, detail);
  } catch (error) {
    if (!(error instanceof events.InvalidEventError)) throw error;
    const [issue, ...others] = error.issues;
    if (issue && others.length === 0) return namesIn(issue.path).join('.');
  }
  return undefined;
}
