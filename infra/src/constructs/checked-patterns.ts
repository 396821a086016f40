import { CloudwatchEventArchive } from '@cdktf/provider-aws/lib/cloudwatch-event-archive/index.js';
import { CloudwatchEventRule } from '@cdktf/provider-aws/lib/cloudwatch-event-rule/index.js';
import { type IAspect, Token } from 'cdktf';
import type { IConstruct } from 'constructs';
import { checkPattern } from '../contract/check-pattern.ts';

/**
 * Holds the pattern of every rule and archive against the schemas of the events that it names, however it was made:
 * on AWS one with a wrong pattern is made as well, and says nothing ever after.
 */
export class CheckedPatterns implements IAspect {
  /** @throws an Error that says why, for a pattern that the events of the contract can't match */
  visit(node: IConstruct): void {
    if (!(node instanceof CloudwatchEventRule || node instanceof CloudwatchEventArchive)) return;
    const { eventPatternInput: pattern, nameInput: name = node.node.path } = node;
    // One that is a reference as a whole, only Terraform knows.
    if (pattern === undefined || isReference(pattern)) return;
    const subject = `${node instanceof CloudwatchEventRule ? 'rule' : 'archive'} ${name}`;
    checkPattern(subject, parsePattern(subject, pattern));
  }
}

/** Not JSON with a reference inside, which is looked at for the rest of it. */
const isReference = (text: string) => !text.trimStart().startsWith('{') && Token.isUnresolved(text);

function parsePattern(subject: string, text: string): object {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(`The ${subject} has no event pattern: received ${text}; allowed is a JSON object`, {
      cause,
    });
  }
}
