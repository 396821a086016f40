import type { TerraformStack } from 'cdktf';
import type { IValidation } from 'constructs';
import { checkPattern } from '../contract/check-pattern.ts';

/**
 * Holds the pattern of every rule and archive against the schemas of the events that it names, however it was made: on
 * AWS one with a wrong pattern is made as well, and says nothing ever after. It reads what is synthesized, so that
 * nothing gets by it. The rules of AWS's own events, which are on the default bus, it leaves alone.
 */
export class CheckedPatterns implements IValidation {
  readonly #stack: TerraformStack;
  constructor(stack: TerraformStack) {
    this.#stack = stack;
  }

  /** @returns why, for each pattern that the events of the contract can't match */
  validate(): string[] {
    const { resource = {} } = this.#stack.toTerraform() as { resource?: Resources };
    const rules = Object.values(resource.aws_cloudwatch_event_rule ?? {})
      .filter(({ event_bus_name: bus = 'default' }) => bus !== 'default')
      .map(({ name, event_pattern }) => faultsOf(`rule ${name}`, event_pattern));
    const archives = Object.values(resource.aws_cloudwatch_event_archive ?? {}).map(
      ({ name, event_pattern }) => faultsOf(`archive ${name}`, event_pattern),
    );
    return [...rules, ...archives].flat();
  }
}

type Resources = Record<string, Record<string, Record<string, string | undefined>>>;

function faultsOf(subject: string, pattern: string | undefined): string[] {
  // A rule by a schedule, and an archive of everything, have none.
  if (pattern === undefined) return [];
  try {
    checkPattern(subject, parsePattern(subject, pattern));
    return [];
  } catch (error) {
    return (error as Error).message.split('\n');
  }
}

function parsePattern(subject: string, text: string): object {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(
      `The ${subject} has no event pattern that can be read at synth: received ${text}; allowed is a JSON object, as ` +
        'JSON.stringify makes it, in which values may be known to Terraform alone',
      { cause },
    );
  }
}
