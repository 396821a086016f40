import { DynamodbTable } from '@cdktf/provider-aws/lib/dynamodb-table/index.js';
import { Construct } from 'constructs';
import { type Allow, noteGrant } from './policy.ts';

export interface TableProps {
  name: string;
  partitionKey: string;
  /** Whether AWS refuses to delete it. */
  deletionProtection: boolean;
}

/** A DynamoDB table with a partition key of type String. It is paid by the request, and can be restored to any second of 35 days. */
export class Table extends Construct {
  readonly name: string;
  readonly #arn: string;

  constructor(scope: Construct, id: string, { name, partitionKey, deletionProtection }: TableProps) {
    super(scope, id);
    const table = new DynamodbTable(this, 'table', {
      name,
      billingMode: 'PAY_PER_REQUEST',
      hashKey: partitionKey,
      attribute: [{ name: partitionKey, type: 'S' }],
      pointInTimeRecovery: { enabled: true },
      deletionProtectionEnabled: deletionProtection,
    });
    this.name = table.name;
    this.#arn = table.arn;
    noteGrant(table, 'dynamodb:*', "allow('<action>')");
  }

  /** The permission for these actions on its items. */
  allow(...actions: `dynamodb:${string}`[]): Allow {
    return { actions, resources: [this.#arn] };
  }
}
