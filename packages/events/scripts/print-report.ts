import { checkSchemas } from './check-report.ts';

/** Where a command prints. */
export type Output = Pick<Console, 'log' | 'error'>;

/**
 * Compares today's schemas with every released one, and prints what it finds.
 *
 * @param root the repository
 * @returns the exit code: 0, or 1 for a break, a change without a changeset, or a file that can't be read
 */
export async function printReport(root: string, output: Output): Promise<number> {
  try {
    const { compared, breaks, unannounced } = await checkSchemas(root);
    for (const line of compared) output.log(line);
    for (const line of [...breaks, ...unannounced]) output.error(line);
    if (breaks.length > 0) {
      output.error(
        `${breaks.length} ${breaks.length === 1 ? 'break' : 'breaks'}. Make the change another way, or give the ` +
          'new shape an event of its own. docs/decisions/0005-compatibility.md says what each mode promises.',
      );
    }
    if (breaks.length + unannounced.length > 0) return 1;
    output.log('compatible');
    return 0;
  } catch (error) {
    output.error(error instanceof Error ? error.message : error);
    return 1;
  }
}
