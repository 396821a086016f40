import { expect, test } from '@jest/globals';
import { temporaryFolder } from './temporary-folder.mjs';

const disk = '/dev/vda / ext4 rw,relatime 0 0';
const shm = 'shm /dev/shm tmpfs rw,nosuid,nodev,size=8000000k 0 0';
const gibibyte = 2 ** 30;

test.each<[string, string[], number, string | undefined]>([
  ['in memory where there is room', [disk, shm, ''], gibibyte, '/dev/shm'],
  ['on disk without room in memory, as in most containers', [disk, shm, ''], gibibyte - 1, undefined],
  [
    'on disk where programs in memory can not run',
    [disk, shm.replace('rw,', 'rw,noexec,'), ''],
    gibibyte,
    undefined,
  ],
  ['on disk where the memory can only be read', [disk, shm.replace('rw,', 'ro,'), ''], gibibyte, undefined],
  ['on disk where /dev/shm is on it', [disk, shm.replace('tmpfs', 'ext4'), ''], gibibyte, undefined],
  ['on disk where there is no such file system, as on macOS', [], gibibyte, undefined],
])('temporary files are %s', (_, mounts, free, folder) => {
  expect(temporaryFolder(mounts.join('\n'), () => free)).toBe(folder);
});

test('the tests have them there, unless TMPDIR says otherwise', () => {
  expect(process.env.TMPDIR ?? temporaryFolder()).toBe(process.env.TMPDIR);
});
