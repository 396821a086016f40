import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';

const hashOf = (/** @type {string} */ text) => createHash('sha256').update(text).digest('hex');

/**
 * Gives the JavaScript of a TypeScript file, which Node.js would strip again in each process. It is kept until the file or Node.js
 * changes.
 *
 * @param {string} file
 * @param {string} folder where it is kept. One that can't be written keeps nothing
 * @returns {string}
 */
export function stripOnce(file, folder) {
  const text = readFileSync(file, 'utf8');
  const mark = `// ${hashOf(process.version + text)}\n`;
  const kept = join(folder, `${hashOf(file)}.js`);
  const found = read(kept);
  // The mark is behind the code, which keeps its lines.
  if (found?.endsWith(mark)) return found;
  const made = `${stripTypeScriptTypes(text)}\n${mark}`;
  try {
    mkdirSync(folder, { recursive: true });
    // Whoever reads it meanwhile finds a whole file.
    writeFileSync(`${kept}.${process.pid}`, made);
    renameSync(`${kept}.${process.pid}`, kept);
  } catch {
    // A folder that can't be written costs time alone.
  }
  return made;
}

/** @param {string} file */
function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
