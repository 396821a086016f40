import { copyFileSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ISynthesisSession, TerraformStack } from 'cdktf';

const infra = resolve(import.meta.dirname, '..');

/** The version of Terraform that tests and deploys this stack, such as `1.11.4`. tfenv and mise read this file, too. */
export const terraformVersion = readFileSync(join(infra, '.terraform-version'), 'utf8').trim();

/**
 * Makes Terraform refuse a stack if it is older than the tested version by a minor version, or of another major one, or if the
 * provider isn't the one in `infra/.terraform.lock.hcl`. That file is synthesized with the stack, beside its module.
 */
export function lockVersions(stack: TerraformStack): void {
  const [major, minor] = terraformVersion.split('.');
  stack.addOverride('terraform.required_version', `~> ${major}.${minor}`);

  const { synthesizer } = stack;
  stack.synthesizer = {
    synthesize(session: ISynthesisSession) {
      synthesizer.synthesize(session);
      const { workingDirectory } = session.manifest.forStack(stack);
      const lock = '.terraform.lock.hcl';
      copyFileSync(join(infra, lock), join(session.outdir, workingDirectory, lock));
    },
  };
}
