import { readFileSync } from 'node:fs';
import { text as readText } from 'node:stream/consumers';
import { tellRule } from '@orders/event-pattern';
import { explainRule, isObject, type JsonObject, readRulesOffline, readStack } from '@orders/local-aws';
import { UsageError } from './usage-error.ts';

/** What keeps an event from being read. */
const noEvent = (from: string, why: string) =>
  new UsageError(
    `${from}: ${why}; an event is a JSON object, such as ` +
      '{"source": "com.aws.orders", "detail-type": "Order Placed", "detail": {"location": "us-east-1"}}',
  );

/**
 * Explains why a rule of the synthesized stack matches an event, or doesn't.
 *
 * @param rule its name, or its name in Terraform
 * @param file the file with the event, as a bus delivers it; `-` for stdin
 * @returns whether the rule matches
 * @throws {UsageError} for what isn't an event
 * @throws {UnknownRuleError} with the names of the rules
 */
export async function runExplain(
  { outDir }: { outDir: string },
  rule: string,
  file: string,
): Promise<boolean> {
  const rules = readRulesOffline(readStack(outDir));
  const explanation = explainRule(rules, rule, await readEvent(file));
  process.stdout.write(`${tellRule(explanation).join('\n')}\n`);
  return explanation.matches;
}

async function readEvent(file: string): Promise<JsonObject> {
  const from = file === '-' ? 'stdin' : file;
  let event: unknown;
  try {
    event = JSON.parse(file === '-' ? await readText(process.stdin) : readFileSync(file, 'utf8'));
  } catch (error) {
    throw noEvent(from, (error as Error).message);
  }
  if (!isObject(event)) throw noEvent(from, 'is JSON, and not an object');
  return event;
}
