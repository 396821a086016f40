import { sequenceDiagram } from './sequence-diagram.ts';
import { contentsOf, inText, type Span, type Subject, stateOf, titleOf } from './span.ts';
import { depthsOf, durationOf, timeAxis } from './time-axis.ts';

/** The log lines of a span, by its id. */
export type LogLines = ReadonlyMap<number, readonly string[]>;

/**
 * One order's story as one HTML file. It opens anywhere: everything is inside, it has no script, and a policy of its own
 * keeps it from loading anything.
 *
 * @param nameOf gives the part of the stack that runs in a role
 */
export function storyPage(
  subject: Subject,
  logs: LogLines,
  nameOf: (roleArn: string | undefined) => string | undefined,
): string {
  const { spans } = subject;
  const start = Math.min(...spans.map(({ begunAt }) => begunAt));
  const times = spans.flatMap(({ begunAt, endedAt }) => [begunAt, endedAt ?? begunAt]);
  const last = Math.max(...times);
  const place = timeAxis(times);
  const depths = depthsOf(spans);
  const state = stateOf(subject);
  const spanOf = (id: number) => spans.find((span) => span.id === id);
  const contents = (span: Span) =>
    contentsOf(span, spanOf)
      .map(({ title, value }) => `<h2>${toHtml(title)}</h2>\n<pre>${toHtml(inText(value))}</pre>\n`)
      .join('');
  const rows = spans.map((span) => {
    const left = place(span.begunAt) * 100;
    const width = Math.max(0.6, place(span.endedAt ?? last) * 100 - left);
    const duration = span.endedAt === undefined ? span.status : durationOf(span.endedAt - span.begunAt);
    const indent = (depths.get(span.id) ?? 0) * 14;
    return `<details class="${span.status}">
<summary><span class="title" style="padding-left:${indent}px">${toHtml(titleOf(span))}</span>
<span class="times">+${durationOf(span.begunAt - start)} · ${duration}</span>
<span class="bar"><i style="margin-left:${left.toFixed(2)}%;width:${width.toFixed(2)}%"></i></span>
${span.error === undefined ? '' : `<span class="error">${toHtml(span.error)}</span>`}${nearMisses(span)}</summary>
${contents(span)}${logLines(logs.get(span.id) ?? [])}</details>`;
  });
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Order ${toHtml(subject.id)}</title>
<style>${style}</style>
</head>
<body>
<header>
<h1>Order <code>${toHtml(subject.id)}</code></h1>
<p><strong class="${state.kind}">${toHtml(state.text)}</strong>
from ${new Date(start).toISOString()}, over ${durationOf(last - start)}. Open a step to see all of it.</p>
</header>
<main>
${rows.join('\n')}
<h2>As a Mermaid sequence diagram</h2>
<pre>${toHtml(sequenceDiagram(subject, nameOf))}</pre>
</main>
</body>
</html>
`;
}

const nearMisses = ({ outcome }: Span) =>
  (outcome.nearMisses ?? [])
    .map(
      ({ rule, sentence }) =>
        `<span class="miss">The rule ${toHtml(rule)} nearly took it: ${toHtml(sentence)}.</span>`,
    )
    .join('');

const logLines = (lines: readonly string[]) =>
  lines.length === 0 ? '' : `<h2>Log</h2>\n<pre>${toHtml(lines.join('\n'))}</pre>\n`;

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const toHtml = (text: string) => text.replace(/[&<>"']/g, (character) => entities[character] ?? '');

const style = `
:root{color-scheme:light dark;--front:light-dark(#1b1e24,#e6e8ec);--soft:light-dark(#565d69,#a3abb8);
--line:light-dark(#d4d8df,#363c47);--good:light-dark(#0a6b3d,#63d69b);--bad:light-dark(#b3261e,#ff8f86);
--wait:light-dark(#8a5300,#f2b452);font:14px/1.45 system-ui,sans-serif}
body{margin:0 auto;max-width:1100px;padding:14px;color:var(--front);background:light-dark(#fbfbfd,#14161a)}
h1{font-size:1.15rem}h2{font-size:1rem}
h1 code{overflow-wrap:anywhere}
details{border-bottom:1px solid var(--line);padding:4px 0}
summary{display:grid;grid-template-columns:1fr auto;gap:0 8px;cursor:pointer}
.title,.error,.miss{overflow-wrap:anywhere}
.times{color:var(--soft)}
.bar,.error,.miss{grid-column:1/-1}
.bar i{display:block;height:4px;border-radius:2px;background:var(--good)}
.failed .bar i{background:var(--bad)}.waiting .bar i,.running .bar i{background:var(--wait)}
.error,strong.failed{color:var(--bad)}.miss,strong.waiting,strong.running{color:var(--wait)}
strong.succeeded{color:var(--good)}
pre{white-space:pre-wrap;overflow-wrap:anywhere;border:1px solid var(--line);border-radius:6px;padding:8px}`;
