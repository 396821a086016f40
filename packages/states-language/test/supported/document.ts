import { operators } from '../../src/choice/operators.ts';
import type { Field } from '../../src/definition/fields.ts';
import { functions } from '../../src/intrinsics/functions.ts';
import { intrinsicCases } from './intrinsic-cases.ts';
import { operatorCases } from './operator-cases.ts';
import { tables } from './tables.ts';

const head = `# The Amazon States Language here

Written by \`node packages/states-language/scripts/write-document.ts\` from the tables that the interpreter reads and the
cases that test it; a test fails when they differ. **Right** is a field that does what it does on AWS, and its case shows
it. **Refused** is a field that AWS has and this interpreter doesn't: a definition with it isn't taken, by name. Any other
field is refused as on AWS.
`;

/** Where the guide and recorded executions differ, or neither decides. */
const differences = `## Which one is followed

| | the guide says | AWS's recorded executions say | followed |
| --- | --- | --- | --- |
| \`States.DataLimitExceeded\` and \`States.ALL\` | isn't caught | is caught | recorded |
| \`States.Runtime\` in \`ErrorEquals\` | isn't caught by \`States.ALL\` | isn't caught by its own name either | recorded |
| A path in \`Parameters\` that leads nowhere | \`States.ParameterPathFailure\` | \`States.Runtime\` | recorded |
| A task without a heartbeat | \`States.HeartbeatTimeout\` | \`States.Timeout\` | recorded; \`ErrorEquals\` takes both names |
| A path that isn't definite, on nothing | — | an empty list | recorded |
| A function of JSONPath (\`$.list.length()\`) | isn't supported | is accepted, and leads nowhere | recorded |
| A filter with a regular expression, a word as operator, or another path | isn't supported | — | refused by name |
| An intrinsic function that fails | \`States.IntrinsicFailure\` | — | the guide |
| A Choice state without a match | \`States.NoChoiceMatched\` | — | the guide |
| \`MaxConcurrencyPath\` to a text of digits | — | is taken for the number | recorded |
| \`MathRandom\` and \`$random\` with a seed | the same number for the same seed | — | the guide; the number differs from AWS's |
| A redriven Wait or Pass state | — | — | is entered again |
`;

/** The document on what is known. */
export function renderSupported(): string {
  const sections = tables.map(([title, fields, cases]) => {
    const rows = Object.entries(fields).map(([name, field]) => {
      const what = field.unknown ? '**refused** by name' : `right: ${cases[name]?.says}`;
      return `| \`${name}\` | ${languageOf(field)} | ${what} |`;
    });
    return [`## ${title}`, '', '| field | query language | here |', '| --- | --- | --- |', ...rows, ''].join(
      '\n',
    );
  });
  const operatorRows = Object.entries(operators).map(([name, { path }]) => {
    const names = path ? `\`${name}\`, \`${name}Path\`` : `\`${name}\``;
    return `| ${names} | right: ${operatorCases[name]?.length} cases |`;
  });
  const functionRows = Object.keys(functions).map(
    (name) => `| \`${name}\` | right: ${intrinsicCases[name]?.length} cases |`,
  );
  return [
    head,
    ...sections,
    ['## Choice rules in JSONPath', '', '| operator | here |', '| --- | --- |', ...operatorRows].join('\n'),
    '| `And`, `Or`, `Not` | right: 6 cases |\n',
    ['## Intrinsic functions', '', '| function | here |', '| --- | --- |', ...functionRows, ''].join('\n'),
    differences,
  ].join('\n');
}

const languageOf = ({ language }: Field) => language ?? 'both';
