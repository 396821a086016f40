import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Whether a pending changeset names @orders/events with a bump.
 *
 * @param root the repository
 * @throws an Error that names a file which isn't a changeset, because `changeset version` would fail on it
 */
export async function hasPendingChangeset(root: string): Promise<boolean> {
  const dir = join(root, '.changeset');
  if (!existsSync(dir)) return false;
  const files = (await readdir(dir)).filter((file) => file.endsWith('.md') && file !== 'README.md');
  const bumps = await Promise.all(
    files.map(async (file) => {
      const text = await readFile(join(dir, file), 'utf8');
      const frontMatter = /^---\r?\n((?:.*\r?\n)*?)---[ \t]*(?:\r?\n|$)/.exec(text)?.[1];
      if (frontMatter !== undefined) return frontMatter;
      throw new Error(
        `.changeset/${file}: not a changeset: received ${JSON.stringify(text.slice(0, 60))}; allowed is a text that ` +
          'begins with a line ---, a line such as "@orders/events": minor, and a line ---',
      );
    }),
  );
  return bumps.some((frontMatter) =>
    /^\s*(["']?)@orders\/events\1\s*:\s*(["']?)(patch|minor|major)\2\s*$/m.test(frontMatter),
  );
}
