import type { ContractEvent } from '@orders/contract';

const begin = '<!-- The events, from schemas/ by `pnpm docs:generate`. -->';
const end = '<!-- The end of the events. -->';

/**
 * Writes the table of events into a README, between two comments.
 *
 * @throws an Error for a README without the comments
 */
export function withEventTable(readme: string, events: readonly ContractEvent[]): string {
  const [from, to] = [readme.indexOf(begin), readme.indexOf(end)];
  if (from < 0 || to < from) {
    throw new Error(
      `packages/events/README.md: the table of events has its place between ${begin} and ${end}`,
    );
  }
  return `${readme.slice(0, from + begin.length)}\n\n${tableOf(events)}\n\n${readme.slice(to)}`;
}

function tableOf(events: readonly ContractEvent[]): string {
  const rows = events.map(({ detailType, detail: { description = '', required = [], properties = {} } }) => [
    detailType,
    description.split(/\.(?:\s|$)/)[0] ?? '',
    Object.keys(properties)
      .map((name) => `\`${name}\`${required.includes(name) ? '' : ' (may be missing)'}`)
      .join(', '),
  ]);
  const all = [['event (`detail-type`)', 'what it says', 'its detail'], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  const line = (cells: readonly string[], fill: string) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0, fill)).join(' | ')} |`;
  const [head = [], ...others] = all;
  return [line(head, ' '), line(['', '', ''], '-'), ...others.map((row) => line(row, ' '))].join('\n');
}
