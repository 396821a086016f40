import { exampleEvent } from '@orders/contract';
import { findField, nameOf, valuesOf, whyNotCarried } from './carried-fields.ts';
import type { Catalogue, CatalogueEvent } from './catalogue.ts';
import { describeFilter, describeParty, describeType, fieldsOf } from './describe.ts';
import { schemasOf } from './openapi-schemas.ts';

/** `events.md`: the catalogue for people. */
export function renderEventsPage({ busName, events }: Catalogue): string {
  return `<!-- Generated from schemas/ and the stack by \`pnpm docs:generate\`. Edit those, not this file. -->

# The events of the bus \`${busName}\`

To publish or consume them, install \`@orders/events\`. The same for tools: [asyncapi.yaml](asyncapi.yaml). A detail may
have more fields than are listed here; ignore those you don't know.

${table(
  ['Event', 'Published by', 'Delivered to'],
  events.map((event) => [
    `[${event.detailType}](#${anchor(event)})`,
    describeParty(event.publisher),
    event.rules.map(({ target }) => describeParty(target)).join(', ') || 'nobody yet',
  ]),
)}

${events.map(renderEvent).join('\n')}
${renderFields(events)}`;
}

/** What becomes of each field, from event to event, and where it ends. */
function renderFields(events: readonly CatalogueEvent[]): string {
  const placed = events.find(({ id }) => id === 'order-placed');
  if (!placed) throw new Error('schemas/ has no order-placed.json, which the API answers with');
  // The persister stores what it publishes. A test of the whole flow compares the row.
  const stored = events.find(({ publisher }) => publisher.id === 'persister')?.detail ?? {};
  const answered = schemasOf(placed.detail).TrackedOrder;
  const names = new Map<string, string>();
  for (const { path } of events.flatMap(({ detail }) => valuesOf(detail)))
    names.set(nameOf(path).toLowerCase(), names.get(nameOf(path).toLowerCase()) ?? nameOf(path));
  const places = [...events.map(({ detail }) => detail), stored, answered];
  const rows = [...new Set(names.values())].map((name) => [
    `\`${name}\``,
    ...places.map((schema) => {
      const field = findField(schema, name);
      return field ? (field.path === name ? 'yes' : `\`${field.path}\``) : 'no';
    }),
    events
      .flatMap(({ detail }) => valuesOf(detail))
      .filter(({ path }) => nameOf(path) === name)
      .flatMap((field) => whyNotCarried(field) ?? [])
      .join('; '),
  ]);
  const heads = [...events.map(({ detailType }) => detailType), 'Row in the table', 'Answer of the API'];
  return `## The way of a field

Where a field of an event is handed on to. One that isn't says why in its schema, by \`x-not-carried\`.

${table(['Field', ...heads, 'Not carried on, because'], rows)}
`;
}

function renderEvent(event: CatalogueEvent): string {
  return `## ${event.detailType}

${event.detail.description}

- **Source:** \`${event.source}\`, **detail-type:** \`${event.detailType}\`
- **Published by:** ${describeParty(event.publisher)}
- **Schema:** [schemas/${event.id}.json](../schemas/${event.id}.json); ${describeVersions(event)}

${describeRules(event)}

${table(
  ['Field of the detail', 'Required', 'Meaning', 'Type and limits', 'Example'],
  fieldsOf(event.detail).map(({ path, required, schema }) => [
    `\`${path}\``,
    required ? 'yes' : 'no',
    schema.description ?? '',
    describeType(schema),
    schema.properties ? 'see below' : (schema.examples ?? []).map((each) => `\`${each}\``).join(', '),
  ]),
)}

\`\`\`json
${JSON.stringify(exampleEvent(event), null, 2)}
\`\`\`
`;
}

const describeRules = ({ rules }: CatalogueEvent) =>
  rules.length === 0
    ? 'No rule delivers it yet.'
    : table(
        ['Rule', 'Delivers to', 'When'],
        rules.map((rule) => [
          `\`${rule.name}\``,
          describeParty(rule.target),
          describeFilter(rule) ?? 'always',
        ]),
      );

function describeVersions({ id, versions }: CatalogueEvent): string {
  if (versions.length === 0) return 'not released yet';
  const links = versions.map((version) => `[${version}](../schemas/released/${id}/${version}.json)`);
  return `released as ${links.join(', ')}`;
}

const anchor = ({ detailType }: CatalogueEvent) => detailType.toLowerCase().replaceAll(' ', '-');

/** A table with padded cells, as Biome formats Markdown. */
function table(head: string[], rows: string[][]): string {
  const cells = [head, ...rows].map((row) => row.map((cell) => cell.replaceAll('|', '\\|')));
  const widths = head.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const [first, ...others] = cells.map((row) =>
    row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | '),
  );
  const rule = widths.map((width) => '-'.repeat(width)).join(' | ');
  return [first, rule, ...others].map((line) => `| ${line} |`).join('\n');
}
