import { exampleEvent } from '@orders/contract';
import type { Catalogue, CatalogueEvent } from './catalogue.ts';
import { describeFilter, describeParty, describeType, fieldsOf } from './describe.ts';

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

${events.map(renderEvent).join('\n')}`;
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
