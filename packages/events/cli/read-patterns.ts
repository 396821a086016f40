import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidEventPatternError, type Pattern, parsePattern } from '@orders/event-pattern';
import { type Context, UsageError } from './command.ts';
import { findRules, formatNames } from './find-rules.ts';
import { isJsonObject } from './json.ts';
import { nameOf, readDocument } from './read-document.ts';

/** A pattern that a file declares. */
export interface DeclaredPattern {
  /** The rule, or the file if it has nothing except a pattern. */
  readonly name: string;
  readonly file: string;
  /** Whether it is a rule of the default bus, which has the events of AWS. */
  readonly isOfDefaultBus: boolean;
  /** @throws {UsageError} for a pattern that EventBridge refuses */
  readonly parse: () => Pattern;
}

/**
 * Reads the patterns that files have.
 *
 * @param files each a pattern, a template, Terraform's JSON, an answer of EventBridge, a folder such as `cdk.out`, or `-`
 *   for the standard input
 * @throws {UsageError} that names the file, for one without a pattern
 */
export async function readPatterns(files: readonly string[], context: Context): Promise<DeclaredPattern[]> {
  const found = files
    .flatMap(templatesIn)
    .map(async (file) => patternsIn(file, await readDocument(file, context)));
  return (await Promise.all(found)).flat();
}

/** The file itself, or the templates in a folder, as `cdk synth` and `cdktf synth` write them. */
function templatesIn(file: string): string[] {
  if (!(statSync(file, { throwIfNoEntry: false })?.isDirectory() ?? false)) return [file];
  const names = (readdirSync(file, { recursive: true }) as string[]).filter((name) =>
    /\.(template|tf)\.json$/.test(name),
  );
  if (names.length > 0) return names.sort().map((name) => join(file, name));
  throw new UsageError(
    `${file}: received a folder without *.template.json and *.tf.json; allowed is a folder such as cdk.out`,
  );
}

/** The patterns in a document. */
export function patternsIn(file: string, document: unknown): DeclaredPattern[] {
  const rules = findRules(document);
  if (rules) {
    return rules.map(({ name, pattern, bus }) => ({
      name,
      file,
      isOfDefaultBus: bus === undefined || bus === 'default',
      parse: () => readPattern(`${nameOf(file)}: the rule ${name}`, textOf(pattern), true),
    }));
  }
  const name = nameOf(file);
  if (!isJsonObject(document)) {
    throw new UsageError(`${name}: received no object; allowed are ${formatNames.join(', ')}`);
  }
  const parse = () => readPattern(name, JSON.stringify(document), false);
  return [{ name, file, isOfDefaultBus: false, parse }];
}

/** @param hasUnknown whether `${…}` in a text stands for a value that only the deployment knows */
export function readPattern(place: string, text: string, hasUnknown: boolean): Pattern {
  try {
    return parsePattern(text, hasUnknown ? { isUnknown: (each) => each.includes('${') } : {});
  } catch (error) {
    if (!(error instanceof InvalidEventPatternError)) throw error;
    throw new UsageError(
      `${place}: ${error.message}${isWholeUnknown(text) ? ' Only the deployment knows this one.' : ''}`,
      { cause: error },
    );
  }
}

const isWholeUnknown = (text: string) => text.startsWith('"${') || text.startsWith('${');

/** A pattern as text. Values that only the deployment knows are `${…}` in it. */
const textOf = (pattern: unknown): string =>
  typeof pattern === 'string' ? pattern : JSON.stringify(withoutIntrinsics(pattern));

/** Writes each intrinsic function of CloudFormation, such as `{ "Ref": "Stage" }`, as `${Ref}`. */
function withoutIntrinsics(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutIntrinsics);
  if (!isJsonObject(value)) return value;
  const [name, ...others] = Object.keys(value);
  if (others.length === 0 && name !== undefined && /^(Ref|Condition|Fn::.*)$/.test(name)) {
    return `\${${name}}`;
  }
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withoutIntrinsics(each)]));
}
