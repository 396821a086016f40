import { useState } from 'preact/hooks';
import { readLogLines, type Stack } from './api.ts';
import { messageOf } from './ask.ts';
import { sequenceDiagram } from './sequence-diagram.ts';
import type { Subject } from './span.ts';
import { storyPage } from './story-page.ts';

interface Props {
  subject: Subject;
  map: Stack | undefined;
}

/** One order's story for somebody who hasn't got this page: as one HTML file, and as a Mermaid diagram. */
export function ShareButtons({ subject, map }: Props) {
  const [told, setTold] = useState('');
  const nameOf = (roleArn: string | undefined) =>
    roleArn === undefined ? undefined : map?.nodes.find((node) => node.roleArn === roleArn)?.id;
  const save = async () => {
    try {
      const page = storyPage(subject, await readLogs(subject, map), nameOf);
      download(`order-${fileName(subject.id)}.html`, 'text/html', page);
      setTold('Saved. The file opens anywhere.');
    } catch (error) {
      setTold(messageOf(error));
    }
  };
  const copy = async () => {
    const diagram = sequenceDiagram(subject, nameOf);
    try {
      await navigator.clipboard.writeText(diagram);
      setTold('Copied.');
    } catch {
      download(`order-${fileName(subject.id)}.mmd`, 'text/plain', diagram);
      setTold("This browser doesn't let the page copy, so the diagram is saved as a file.");
    }
  };
  return (
    <>
      <button type="button" onClick={save}>
        Save as one HTML file
      </button>
      <button type="button" onClick={copy}>
        Copy as Mermaid diagram
      </button>
      <span role="status" class="hint">
        {told}
      </span>
    </>
  );
}

/** The log lines of every invocation of an order, by the ids of its spans. */
async function readLogs({ spans }: Subject, map: Stack | undefined): Promise<Map<number, string[]>> {
  const logs = new Map<number, string[]>();
  for (const { id, activity } of spans) {
    if (activity.kind !== 'invocation' || activity.requestId === undefined) continue;
    const group = map?.nodes.find((node) => node.id === `function ${activity.function}`)?.logGroup;
    if (group !== undefined) logs.set(id, await readLogLines(group, activity.requestId));
  }
  return logs;
}

const fileName = (id: string) => id.replace(/[^\w-]+/g, '-').slice(0, 60);

function download(name: string, type: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = Object.assign(document.createElement('a'), { href: address, download: name });
  link.click();
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
