/** Compares today's schemas with every released one: `pnpm schemas:check`. Ends with 1 on a break. */
import { resolve } from 'node:path';
import { checkSchemas } from './check-report.ts';

const root = resolve(process.argv[2] ?? resolve(import.meta.dirname, '../../..'));

try {
  const { compared, breaks, unannounced } = await checkSchemas(root);
  for (const line of compared) console.log(line);
  for (const line of [...breaks, ...unannounced]) console.error(line);
  if (breaks.length > 0) {
    console.error(
      `${breaks.length} ${breaks.length === 1 ? 'break' : 'breaks'}. Make the change another way, or give the ` +
        'new shape an event of its own. docs/decisions/0005-compatibility.md says what each mode promises.',
    );
  }
  if (breaks.length + unannounced.length > 0) process.exitCode = 1;
  else console.log('compatible');
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
