import { readFileSync, statfsSync } from 'node:fs';

/** What the tests of three packages have at once is a tenth of it. */
const neededBytes = 2 ** 30;

/** @param {string} folder */
function freeBytesIn(folder) {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

/**
 * Where the temporary files of tests go: into memory, where Linux has a file system for that, with room, that lets programs run.
 * Tests make and remove thousands of small files.
 *
 * @param {string} mounts the file systems, as `/proc/mounts` has them
 * @returns {string | undefined} undefined for where the system has them go
 */
export function temporaryFolder(mounts = mountsOfThisMachine(), freeBytes = freeBytesIn) {
  const folder = '/dev/shm';
  const mounted = mounts.split('\n').find((line) => line.split(' ')[1] === folder);
  const [, , type, options = ''] = mounted?.split(' ') ?? [];
  const fits = type === 'tmpfs' && /(^|,)rw(,|$)/.test(options) && !/(^|,)noexec(,|$)/.test(options);
  return fits && freeBytes(folder) >= neededBytes ? folder : undefined;
}

function mountsOfThisMachine() {
  return process.platform === 'linux' ? readFileSync('/proc/mounts', 'utf8') : '';
}
