import { type Bundle, readBundles } from './bundle.ts';
import { sourceLinesOfBundle } from './find-source-line.ts';
import { framesIn, readFrame } from './frame.ts';
import { readableStack } from './readable-stack.ts';

/** A stack of code that isn't at hand, or no stack at all. */
export class UnknownCodeError extends Error {
  override readonly name = 'UnknownCodeError';
}

const wayOut =
  'Check out the commit that was deployed and run `pnpm build`, which makes the same code. Or download the artifact ' +
  '`functions-<stage>` of its deploy, and pass its folder with --apps';

/**
 * Says which lines of source a stack is about, a section for each function that it may be of.
 *
 * @param text has the stack: the stack itself, a log line with it, or a place such as `index.mjs:12:78813`
 * @param apps the folder with the built functions
 * @param codeSha256 the `CodeSha256` of the function that ran
 * @throws {UnknownCodeError} for a text without a stack, and for a function that isn't in the folder
 */
export function tellWhere(text: string, apps: string, codeSha256?: string): string[] {
  const stack = framesIn(text);
  if (stack.length === 0) {
    const shown = JSON.stringify(text.slice(0, 100));
    throw new UnknownCodeError(`${shown} has no place such as index.mjs:12:78813 of a bundled function`);
  }
  const sections = bundlesOf(apps, codeSha256).flatMap((bundle) => {
    const find = sourceLinesOfBundle(bundle);
    const isKnown = stack.map(readFrame).some((frame) => frame && find(frame));
    return isKnown ? [[`${bundle.name}:`, ...readableStack(stack, find).lines]] : [];
  });
  if (sections.length > 0) return sections.flat();
  throw new UnknownCodeError(`No function in ${apps} has the place ${stack[0]?.trim()}. ${wayOut}`);
}

function bundlesOf(apps: string, codeSha256: string | undefined): Bundle[] {
  const bundles = readBundles(apps);
  if (codeSha256 === undefined) return bundles;
  const asked = bundles.filter((bundle) => bundle.codeSha256() === codeSha256);
  if (asked.length > 0) return asked;
  const known = bundles.map((bundle) => `${bundle.name} ${bundle.codeSha256()}`).join(', ');
  throw new UnknownCodeError(
    `No function in ${apps} has the CodeSha256 ${codeSha256}; there are: ${known || 'none'}. ${wayOut}`,
  );
}
