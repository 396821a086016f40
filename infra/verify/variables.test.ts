import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { withTerraform } from './terraform.ts';
import { variables } from './variables.ts';

await withTerraform((terraform) => {
  /** The variables of prod, which has all of them, without the resources, so that Terraform needs no provider. */
  let module: string;
  beforeAll(async () => {
    const { synthStack } = await import('../scripts/synthesize.ts');
    module = mkdtempSync(join(tmpdir(), 'orders-settings-'));
    const { variable } = synthStack('prod');
    writeFileSync(join(module, 'main.tf.json'), JSON.stringify({ variable }));
  });
  afterAll(() => rmSync(module, { recursive: true }));

  /** Terraform's answer to these values, on one line: Terraform wraps its sentences. */
  function plan(others: Record<string, string>): { ok: boolean; said: string } {
    const given = Object.entries({ ...variables, ...others }).map(([name, value]) => `-var=${name}=${value}`);
    const { ok, stdout, stderr } = terraform.run(module, 'plan', '-input=false', '-no-color', ...given);
    return { ok, said: `${stdout}${stderr}`.replace(/[\s│]+/g, ' ') };
  }

  test.each([
    ['aws_region', 'Ireland', "a region's name, such as eu-west-1"],
    ['aws_region', 'eu-west-1a', "a region's name, such as eu-west-1"],
    ['us_partner_endpoint', 'http://partner.example/orders', 'an address that begins with https://'],
    ['us_partner_endpoint', 'https:///orders', 'an address that begins with https://'],
    ['us_partner_endpoint', 'https://partner.example/a b', 'an address that begins with https://'],
    ['us_partner_endpoint', 'https://me:secret@partner.example/', 'an address that begins with https://'],
    ['jwt_issuer', 'http://login.shop.example', 'an address that begins with https://'],
    ['jwt_issuer', 'login.shop.example', 'an address that begins with https://'],
    ['jwt_issuer', 'https://login.shop.example/?a=b', 'an address that begins with https://'],
    ['jwt_audience', '', '1 to 255 visible ASCII characters'],
    ['jwt_audience', 'a b', '1 to 255 visible ASCII characters'],
    ['alarm_email', 'on-call', 'one mail address'],
    ['alarm_email', 'a@shop.example, b@shop.example', 'one mail address'],
  ])('the variable %s fails the plan for %j, and says what is allowed', (variable, value, allowed) => {
    const { ok, said } = plan({ [variable]: value });
    expect(said).toContain(`The variable ${variable} can't have this value: allowed is ${allowed}`);
    expect(ok).toBe(false);
  });

  test('the variables take a region of GovCloud, an address with a port and a query, and a plus in a mail address', () => {
    const { ok, said } = plan({
      aws_region: 'us-gov-west-1',
      us_partner_endpoint: 'https://partner.example:8443/orders?from=aws',
      alarm_email: 'on-call+orders@mail.shop.example',
    });
    expect(said).toContain('No changes.');
    expect(ok).toBe(true);
  });
});
