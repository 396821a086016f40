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
 * An EventBridge schema registry with the schema of each event, under the name that EventBridge would discover it
 * by: `com.aws.orders@OrderPlaced`. Whoever has access to the account finds the events and their code bindings there.
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
        // The registry takes draft-04 and OpenAPI 3.0, and no draft-07. Draft-04 has nearly every keyword that an
        // event's schema uses, with the same meaning; a schema of OpenAPI is a dialect of its own (no null, no
        // types side by side). AWS too advises JSON Schema where events are validated by it.
        type: 'JSONSchemaDraft4',
        content: JSON.stringify(registered(event)),
        ...(event.detail.description && { description: event.detail.description }),
      });
    }
  }
}

/** In the form in which AWS exports the schemas of its own events. */
const registered = (event: ContractEvent) => ({
  $schema: 'http://json-schema.org/draft-04/schema#',
  title: event.name,
  'x-amazon-events-source': event.source,
  'x-amazon-events-detail-type': event.detailType,
  definitions: { [event.name]: toDraft04(event.detail, `schemas/${event.id}.json`) },
  ...envelopeOf(event, { $ref: `#/definitions/${event.name}` }),
});
