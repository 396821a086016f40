import { CloudwatchEventArchive } from '@cdktf/provider-aws/lib/cloudwatch-event-archive/index.js';
import { CloudwatchEventRule } from '@cdktf/provider-aws/lib/cloudwatch-event-rule/index.js';
import type { IAspect } from 'cdktf';
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
    if (pattern !== undefined) checkPattern(name, JSON.parse(pattern));
  }
}
