import { envelopeOf, exampleEvent } from '@orders/contract';
import { stringify } from 'yaml';
import { type Catalogue, type CatalogueEvent, latestVersion } from './catalogue.ts';
import { describeFilter, describeParty } from './describe.ts';

/** `asyncapi.yaml`: the catalogue for tools, an AsyncAPI 3.0.0 document. */
export function renderAsyncApi({ busName, events }: Catalogue): string {
  const ref = (pointer: string) => ({ $ref: `#/${pointer}` });
  const document = {
    asyncapi: '3.0.0',
    info: {
      title: 'Order fulfilment',
      version: latestVersion(events),
      description: `The events of the EventBridge bus ${busName}, as they are delivered.`,
      license: { name: 'MIT' },
    },
    defaultContentType: 'application/json',
    channels: {
      [busName]: {
        address: busName,
        title: `The bus ${busName}`,
        messages: Object.fromEntries(events.map(({ name }) => [name, ref(`components/messages/${name}`)])),
      },
    },
    operations: Object.fromEntries(
      operationsOf(events).map(({ id, action, description, events }) => [
        id,
        {
          action,
          description,
          channel: ref(`channels/${busName}`),
          messages: events.map(({ name }) => ref(`channels/${busName}/messages/${name}`)),
        },
      ]),
    ),
    components: { messages: Object.fromEntries(events.map((event) => [event.name, messageOf(event)])) },
  };
  const comment =
    '# Generated from schemas/ and the stack by `pnpm docs:generate`. Edit those, not this file.\n';
  return comment + stringify(document, { aliasDuplicateObjects: false, lineWidth: 0 });
}

interface Operation {
  /** The name of the publisher in the stack, or of the rule that delivers to the consumer. */
  id: string;
  action: 'send' | 'receive';
  description: string;
  events: CatalogueEvent[];
}

function operationsOf(events: CatalogueEvent[]): Operation[] {
  const operations = new Map<string, Operation>();
  const add = (operation: Operation) => {
    const known = operations.get(operation.id);
    if (known) known.events.push(...operation.events);
    else operations.set(operation.id, operation);
  };
  for (const event of events) {
    const { publisher } = event;
    add({
      id: publisher.id,
      action: 'send',
      description: `What ${describeParty(publisher)} publishes.`,
      events: [event],
    });
    for (const rule of event.rules) {
      const filter = describeFilter(rule);
      const description = `What the rule delivers to ${describeParty(rule.target)}${filter ? `: events whose ${filter}` : ''}.`;
      add({ id: rule.name, action: 'receive', description, events: [event] });
    }
  }
  return [...operations.values()];
}

function messageOf(event: CatalogueEvent) {
  const { $schema, $id, ...detail } = event.detail;
  return {
    name: event.detailType,
    title: event.detailType,
    summary: event.detail.description,
    contentType: 'application/json',
    payload: { schemaFormat: 'application/schema+json;version=draft-07', schema: envelopeOf(event, detail) },
    examples: [{ name: event.name, payload: exampleEvent(event) }],
  };
}
