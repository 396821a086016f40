import { SchemasRegistry } from '@cdktf/provider-aws/lib/schemas-registry/index.js';
import { SchemasSchema } from '@cdktf/provider-aws/lib/schemas-schema/index.js';
import { type ContractEvent, envelopeOf } from '@orders/contract';
import { Construct } from 'constructs';
import { toDraft04 } from '../contract/draft-04.ts';

export interface SchemaRegistryProps {
  name: string;
  events: readonly ContractEvent[];
}

/**
 * An EventBridge schema registry with the schema of each event, named as EventBridge's discovery names it:
 * `com.aws.orders@OrderPlaced`. Everybody with access to the account finds the events and their code bindings there.
 */
export class SchemaRegistry extends Construct {
  constructor(scope: Construct, id: string, { name, events }: SchemaRegistryProps) {
    super(scope, id);
    const registry = new SchemasRegistry(this, 'registry', {
      name,
      description: 'The contract of the bus: its events as they are delivered.',
    });
    for (const event of events) {
      new SchemasSchema(this, event.id, {
        registryName: registry.name,
        name: `${event.source}@${event.name}`,
        // The registry takes draft-04 and OpenAPI 3.0, not draft-07. Draft-04 has nearly every keyword that the schemas
        // use, with the same meaning. OpenAPI has a dialect of its own: no null, and no types side by side.
        type: 'JSONSchemaDraft4',
        content: JSON.stringify(registered(event)),
        ...(event.detail.description && { description: event.detail.description }),
      });
    }
  }
}

/** The schema in the form of AWS's own events. */
const registered = (event: ContractEvent) => ({
  $schema: 'http://json-schema.org/draft-04/schema#',
  title: event.name,
  'x-amazon-events-source': event.source,
  'x-amazon-events-detail-type': event.detailType,
  definitions: { [event.name]: toDraft04(event.detail, `schemas/${event.id}.json`) },
  ...envelopeOf(event, { $ref: `#/definitions/${event.name}` }),
});
