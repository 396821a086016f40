import { rmSync, statSync } from 'node:fs';

const dayMs = 24 * 60 * 60 * 1000;

/**
 * Removes a folder that was made some days ago. One that isn't there stays so.
 *
 * @param {string} folder
 * @param {number} days
 */
export function removeOld(folder, days, nowMs = Date.now()) {
  const made = statSync(folder, { throwIfNoEntry: false })?.birthtimeMs ?? nowMs;
  // Another process may be writing to it.
  if (nowMs - made > days * dayMs) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}
