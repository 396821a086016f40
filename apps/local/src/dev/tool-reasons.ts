import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { repository } from './places.ts';

/** What the tools print, as a message whose first line says why they failed. */

/** What a script of Node.js prints when it throws. A message that is printed without a stack stays as it is. */
export function reasonOfThrown(stderr: string): string {
  const thrown = /^\w*Error(?: \[\w+\])?: ([\s\S]*?)(?=\n\s*\n|\n {4}at |$(?![\s\S]))/m.exec(stderr)?.[1];
  if (thrown === undefined) return stderr.trim();
  const [first = '', ...others] = thrown.split('\n').map((line) => line.trim());
  // cdktf lists what it found below a title.
  const lines = first.endsWith(':') ? others : [first, ...others];
  const place = placeIn(stderr);
  return `${place === undefined ? '' : `${place}: `}${lines.join('\n')}`;
}

/** The first place in the sources of the repository that the message names. */
function placeIn(stderr: string): string | undefined {
  for (const [, url = '', place = ''] of stderr.matchAll(/(file:\/\/\S+?\.ts)(:\d+(?::\d+)?)/g)) {
    const path = relative(repository, fileURLToPath(url));
    if (!path.startsWith('..') && !path.includes('node_modules')) return `${path}${place}`;
  }
  return undefined;
}

/** What a task of turbo printed, without the names of the tasks and what turbo says of itself. */
export function reasonOfTurbo(output: string): string {
  const lines = output.split('\n').flatMap((line) => {
    const said = /^@?[\w/-]+:\w+: (.*)$/.exec(line)?.[1];
    return said === undefined || /^(cache |> |\s*$|ERROR: command finished| ?ELIFECYCLE)/.test(said)
      ? []
      : [said];
  });
  if (lines.length > 0) return lines.join('\n');
  // No task has run: turbo itself says why.
  const own = output.split('\n').map((line) => line.trim());
  return own.filter((line) => !/^(•|Remote caching|$)/.test(line)).join('\n') || output.trim();
}
