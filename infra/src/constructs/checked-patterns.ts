import { readContract } from '@orders/contract';
import { eventSchema } from '@orders/contract/event-schemas';
import { InvalidEventPatternError, parsePattern } from '@orders/event-pattern';
import { checkPattern, type EventSchema } from '@orders/event-pattern/can-match';
import type { TerraformStack } from 'cdktf';
import type { IValidation } from 'constructs';

/**
 * Checks that the pattern of every rule and archive can match an event of the contract. AWS takes a pattern that can't
 * match, and the rule stays silent. The check reads what is synthesized, however it was made. It leaves out the rules of
 * the default bus, which has the events of AWS.
 */
export class CheckedPatterns implements IValidation {
  readonly #stack: TerraformStack;
  constructor(stack: TerraformStack) {
    this.#stack = stack;
  }

  /** @returns a message for each fault of a pattern */
  validate(): string[] {
    const { resource = {} } = this.#stack.toTerraform() as { resource?: Resources };
    const rules = Object.values(resource.aws_cloudwatch_event_rule ?? {})
      .filter(({ event_bus_name: bus = 'default' }) => bus !== 'default')
      .map(({ name, event_pattern }) => ({ subject: `rule ${name}`, text: event_pattern }));
    const archives = Object.values(resource.aws_cloudwatch_event_archive ?? {}).map(
      ({ name, event_pattern }) => ({ subject: `archive ${name}`, text: event_pattern }),
    );
    const events = readContract().map(eventSchema);
    return [...rules, ...archives].flatMap(({ subject, text }) =>
      // A rule with a schedule has no pattern, and neither has an archive of everything.
      text === undefined ? [] : faultsOf(text, events).map((fault) => `The ${subject} ${fault}`),
    );
  }
}

type Resources = Record<string, Record<string, Record<string, string | undefined>>>;

/** A value that only Terraform knows may be anything. */
const isUnknown = (text: string) => text.includes('${');

function faultsOf(text: string, events: readonly EventSchema[]): string[] {
  try {
    return checkPattern(parsePattern(text, { isUnknown }), events);
  } catch (error) {
    if (!(error instanceof InvalidEventPatternError)) throw error;
    if (!(error.cause instanceof SyntaxError)) return [`has an ${lowerFirst(error.message)}`];
    return [
      `has no event pattern that can be read at synth: received ${text}; allowed is a JSON object, as JSON.stringify ` +
        'makes it, in which only Terraform may know some values',
    ];
  }
}

const lowerFirst = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);
