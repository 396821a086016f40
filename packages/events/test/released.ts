import { createHash } from 'node:crypto';
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Makes the schemas of a copy of the repository those that 0.1.0 released, whatever the repository releases next. */
export function releaseAsFirst(root: string): void {
  rmSync(join(root, 'schemas/released'), { recursive: true });
  for (const event of ['order-placed', 'order-processed', 'order-dispatched']) {
    cpSync(join(root, `schemas/${event}.json`), join(root, `schemas/released/${event}/0.1.0.json`));
  }
  sealSnapshots(root);
}

/** Writes the digests anew, as if the snapshots that are there had been released as they are. */
export function sealSnapshots(root: string): void {
  const released = join(root, 'schemas/released');
  const files = readdirSync(released, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => file.endsWith('.json'));
  const sums = files.map((file) => {
    const sum = createHash('sha256')
      .update(readFileSync(join(released, file)))
      .digest('hex');
    return `${sum}  ${file}\n`;
  });
  writeFileSync(join(released, 'SHA256SUMS'), sums.join(''));
}
