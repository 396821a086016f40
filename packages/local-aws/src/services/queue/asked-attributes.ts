import { sqsError } from './sqs-error.ts';

/** What SQS says of something, by the name of the attribute; undefined for what it doesn't have. */
export type AttributeReaders<Subject> = Readonly<
  Record<string, (subject: Subject) => string | number | boolean | undefined>
>;

/** @throws {AwsError} for a name that no attribute has */
export function checkAsked(asked: readonly string[], readers: AttributeReaders<never>): void {
  const unknown = asked.find((name) => name !== 'All' && !Object.hasOwn(readers, name));
  if (unknown === undefined) return;
  throw sqsError(
    'InvalidAttributeName',
    `Unknown Attribute ${unknown}. Known are All, ${Object.keys(readers).join(', ')}.`,
  );
}

/** The attributes that were asked for, as text, without those that have no value. `All` selects each of them. */
export const readAsked = <Subject>(
  subject: Subject,
  readers: AttributeReaders<Subject>,
  asked: readonly string[],
): Record<string, string> =>
  Object.fromEntries(
    Object.entries(readers)
      .filter(([name]) => asked.includes('All') || asked.includes(name))
      .map(([name, read]) => [name, read(subject)] as const)
      .flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );
