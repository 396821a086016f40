import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { expect, test } from '@jest/globals';

const root = resolve(import.meta.dirname, '../..');
const pages = [
  'README.md',
  ...readdirSync(join(root, 'docs'), { recursive: true }).map((name) => `docs/${name}`),
]
  .filter((name) => name.endsWith('.md'))
  .sort();

test.each(pages)('every file that %s names is there', (page) => {
  const text = readFileSync(join(root, page), 'utf8');
  // Paths from the root. A placeholder such as <event> isn't one.
  const named = [...text.matchAll(/`((?:\.ci|\.github|apps|docs|infra|packages|schemas)\/[\w./-]*)`/g)].map(
    ([, path = '']) => path,
  );
  const linked = [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(([, link = '']) =>
    join(dirname(page), link),
  );
  // Files that are made, not kept.
  const isMade = (path: string) => /\bcdktf\.out\b|\/generated\b/.test(path);
  expect([...named, ...linked].filter((path) => !isMade(path) && !existsSync(join(root, path)))).toEqual([]);
});
