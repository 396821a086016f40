import { operators } from '../../src/choice/operators.ts';
import { functions } from '../../src/intrinsics/functions.ts';
import { intrinsicCases } from './intrinsic-cases.ts';
import { operatorCases } from './operator-cases.ts';
import { tables } from './tables.ts';

const head = `# The Amazon States Language here

Written by \`node packages/states-language/scripts/write-document.ts\` from the tables that the interpreter reads and the
cases that test it; a test fails when they differ. **Right** is a field that does what it does on AWS, and its case shows
it. **Refused** is a field that AWS has and this interpreter doesn't: a definition with it isn't taken, by name. Any other
field is refused as on AWS.`;

/** Where the guide and recorded executions differ, or neither decides. */
const differences = [
  ['`States.DataLimitExceeded` and `States.ALL`', "isn't caught", 'is caught', 'recorded'],
  [
    '`States.Runtime` in `ErrorEquals`',
    "isn't caught by `States.ALL`",
    "isn't caught by its own name either",
    'recorded',
  ],
  [
    'A path in `Parameters` that leads nowhere',
    '`States.ParameterPathFailure`',
    '`States.Runtime`',
    'recorded',
  ],
  [
    'A task without a heartbeat',
    '`States.HeartbeatTimeout`',
    '`States.Timeout`',
    'recorded; both names match',
  ],
  ["A path that isn't definite, on nothing", '', 'an empty list', 'recorded'],
  ['A function of JSONPath, `length()`', "isn't supported", 'is a name, and leads nowhere', 'recorded'],
  ['A filter with a regular expression, a word or another path', "isn't supported", '', 'refused by name'],
  ['An intrinsic function that fails', '`States.IntrinsicFailure`', '', 'the guide'],
  ['A Choice state without a match', '`States.NoChoiceMatched`', '', 'the guide'],
  ['`MaxConcurrencyPath` to a text of digits', '', 'is taken for the number', 'recorded'],
  [
    '`MathRandom` and `$random` with a seed',
    'one number for a seed',
    '',
    "the guide; another number than AWS's",
  ],
  ['A redriven Wait, Choice or Fail state', '', '', 'is entered again'],
];

/** A table as the formatter writes it. */
function renderTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((cell, column) =>
    Math.max(...[head, ...rows].map((row) => (row[column] ?? cell).length)),
  );
  const line = (cells: readonly string[], fill: string) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0, fill)).join(' | ')} |`;
  const rule = line(
    head.map(() => ''),
    '-',
  );
  return [line(head, ' '), rule, ...rows.map((row) => line(row, ' '))].join('\n');
}

/** The document on what is known. */
export function renderSupported(): string {
  const sections = tables.map(([title, fields, cases]) => {
    const rows = Object.entries(fields).map(([name, field]) => [
      `\`${name}\``,
      field.language ?? 'both',
      field.unknown ? '**refused** by name' : `right: ${cases[name]?.says}`,
    ]);
    return [`## ${title}`, renderTable(['field', 'query language', 'here'], rows)];
  });
  const operatorRows = Object.entries(operators).map(([name, { path }]) => [
    path ? `\`${name}\`, \`${name}Path\`` : `\`${name}\``,
    `right: ${operatorCases[name]?.length} cases`,
  ]);
  const functionRows = Object.keys(functions).map((name) => [
    `\`${name}\``,
    `right: ${intrinsicCases[name]?.length} cases`,
  ]);
  return [
    head,
    ...sections.flat(),
    '## Choice rules in JSONPath',
    renderTable(['operator', 'here'], [...operatorRows, ['`And`, `Or`, `Not`', 'right: 6 cases']]),
    '## Intrinsic functions',
    renderTable(['function', 'here'], functionRows),
    '## Which one is followed',
    renderTable(['', 'the guide', "AWS's recorded executions", 'here'], differences),
  ]
    .join('\n\n')
    .concat('\n');
}
