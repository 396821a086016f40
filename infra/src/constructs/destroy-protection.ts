import { CloudwatchEventArchive } from '@cdktf/provider-aws/lib/cloudwatch-event-archive/index.js';
import { DynamodbTable } from '@cdktf/provider-aws/lib/dynamodb-table/index.js';
import { SqsQueue } from '@cdktf/provider-aws/lib/sqs-queue/index.js';
import type { IAspect } from 'cdktf';
import type { IConstruct } from 'constructs';

/**
 * Makes Terraform refuse every plan that would destroy or replace what holds orders: tables, queues, archives. The plan
 * fails as a whole, so nothing else is destroyed first.
 */
export class DestroyProtection implements IAspect {
  visit(node: IConstruct): void {
    const holdsOrders =
      node instanceof SqsQueue || node instanceof CloudwatchEventArchive || node instanceof DynamodbTable;
    if (holdsOrders) node.lifecycle = { ...node.lifecycle, preventDestroy: true };
  }
}
