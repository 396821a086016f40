import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group/index.js';
import type { IAspect } from 'cdktf';
import type { IConstruct } from 'constructs';

/** Makes every log group keep its lines for this many days, including those that are added later. */
export class LogRetention implements IAspect {
  readonly #days: number;

  constructor(days: number) {
    this.#days = days;
  }

  visit(node: IConstruct): void {
    if (node instanceof CloudwatchLogGroup) node.retentionInDays = this.#days;
  }
}
