import { explainInWords, explain as explainPattern, tellRule } from '@orders/event-pattern';
import { type Command, type Context, takeExactly, UsageError } from './command.ts';
import { isJsonObject, type JsonObject } from './json.ts';
import { nameOf, readDocument } from './read-document.ts';
import { type DeclaredPattern, readPatterns } from './read-patterns.ts';

/** `explain <pattern> <event>`: 0 if the pattern matches, 1 if it doesn't. */
export const explain: Command = {
  usage: 'explain <pattern> <event> [--rule <name>]',
  summary: 'Says, field by field, why a pattern matches an event, or why it does not',
  help: `
  <pattern>      a file with an event pattern, or with rules, as check takes them
  <event>        a file with the event as JSON, as EventBridge delivers it
  --rule <name>  which rule of the file

One of the files may be - for the standard input.`,
  options: { rule: { type: 'string' } },
  async run(args, { rule }, context) {
    const [patternFile = '', eventFile = ''] = takeExactly(['<pattern>', '<event>'], args);
    if (patternFile === '-' && eventFile === '-') {
      throw new UsageError('received - twice; allowed is one file from the standard input');
    }
    const patterns = await readPatterns([patternFile], context);
    const { name, parse } = choose(patternFile, patterns, rule as string | undefined);
    const explanation = explainPattern(parse(), await readEvent(eventFile, context));
    const sentence = explainInWords(explanation);
    const { matches, conditions } = explanation;
    const explained = { rule: name, matches, sentence, conditions };
    return { isFine: matches, lines: tellRule(explained), data: explained };
  },
};

function choose(
  file: string,
  patterns: readonly DeclaredPattern[],
  rule: string | undefined,
): DeclaredPattern {
  const named = rule === undefined ? patterns : patterns.filter(({ name }) => name === rule);
  const [chosen, ...others] = named;
  if (chosen && others.length === 0) return chosen;
  const names = patterns.map(({ name }) => name).join(', ') || 'none';
  throw new UsageError(
    `${nameOf(file)}: received ${rule === undefined ? 'no --rule' : `--rule ${rule}`}; its rules are ${names}`,
  );
}

async function readEvent(file: string, context: Context): Promise<JsonObject> {
  const event = await readDocument(file, context);
  if (isJsonObject(event)) return event;
  throw new UsageError(
    `${nameOf(file)}: received ${JSON.stringify(event).slice(0, 60)}; allowed is an event, an object such as ` +
      '{"source": "com.aws.orders", "detail-type": "Order Placed", "detail": {"location": "us-east-1"}}',
  );
}
