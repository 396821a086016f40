import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { limitEdges, resourceWith } from '@orders/local-aws/testing';
import { synthStack } from '../scripts/synthesize.ts';
import { withTerraform } from './terraform.ts';

/** What `terraform validate -json` says of a fault. */
interface Diagnostic {
  severity: string;
  address?: string;
  snippet?: { context?: string };
}

const edges = Object.entries(limitEdges).flatMap(([type, byArgument]) =>
  Object.entries(byArgument).map(([argument, edge]) => ({ type, argument, edge })),
);
/** Every value of every limit, as a resource of its own. */
const cases = edges.flatMap(({ type, argument, edge: { taken, refused, refusedByAwsOnly = [] } }) =>
  [
    ...taken.map((value) => ({ value, side: 'taken' })),
    ...refused.map((value) => ({ value, side: 'refused' })),
    ...refusedByAwsOnly.map((value) => ({ value, side: 'sent to AWS' })),
  ].map(({ value, side }) => ({ type, argument, value, side })),
);

await withTerraform((terraform) => {
  describe('the limits of the local run, compared with those of the AWS provider:', () => {
    /** The ids of the resources that the provider refuses. */
    const refused = new Set<string>();
    const idOf = (index: number) => `case${index}`;

    beforeAll(() => {
      const dir = mkdtempSync(join(tmpdir(), 'orders-limits-'));
      const resource: Record<string, Record<string, object>> = {};
      for (const [index, { type, argument, value }] of cases.entries()) {
        resource[type] = { ...resource[type], [idOf(index)]: resourceWith(type, argument, value) };
      }
      const { terraform: settings } = synthStack();
      const json = {
        terraform: { required_providers: settings.required_providers },
        provider: { aws: [{ region: 'eu-west-1' }] },
        resource,
      };
      // Each value on a line of its own: Terraform shows the line of a fault.
      writeFileSync(join(dir, 'main.tf.json'), JSON.stringify(json, null, 1));
      const init = terraform.run(
        dir,
        'init',
        '-input=false',
        '-no-color',
        `-plugin-dir=${terraform.pluginDir}`,
      );
      if (!init.ok) throw new Error(init.stderr);
      const { diagnostics } = JSON.parse(terraform.run(dir, 'validate', '-json').stdout) as {
        diagnostics: Diagnostic[];
      };
      for (const { severity, address = '', snippet } of diagnostics) {
        if (severity !== 'error') continue;
        const [id] = /case\d+/.exec(`${address} ${snippet?.context ?? ''}`) ?? [];
        if (id === undefined) throw new Error(`A fault of no case: ${JSON.stringify({ address, snippet })}`);
        refused.add(id);
      }
      rmSync(dir, { recursive: true });
    });

    test.each(edges)('$argument of $type', ({ type, argument }) => {
      const differing = cases.flatMap((one, index) => {
        if (one.type !== type || one.argument !== argument) return [];
        const isRefused = refused.has(idOf(index));
        return isRefused === (one.side === 'refused') ? [] : [{ ...one, isRefused }];
      });
      expect(differing).toEqual([]);
    });
  });
});
