import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { App, TerraformStack } from 'cdktf';
import { checkStage } from '../src/check-stage.ts';
import { OrderStack } from '../src/order-stack.ts';
import { type Stage, stageNames, stageOf } from '../src/stages.ts';
import { keepStateIn } from '../src/state-backend.ts';
import { type Block, elementsOf, readable, synthStack } from './synth.ts';

const dev = synthStack();
const prod = synthStack('prod');

/** Where two values differ, as `path: here → there`. */
function differences(here: unknown, there: unknown, path: string): string[] {
  if (typeof here !== 'object' || typeof there !== 'object' || here === null || there === null) {
    return here === there ? [] : [`${path}: ${JSON.stringify(here)} → ${JSON.stringify(there)}`];
  }
  const keys = [...new Set([...Object.keys(here), ...Object.keys(there)])];
  return keys.flatMap((key) => differences((here as Block)[key], (there as Block)[key], `${path}.${key}`));
}

test('STAGE chooses the stage; unset, it is dev', () => {
  expect(stageNames).toEqual(['dev', 'prod']);
  expect(stageOf(undefined).name).toBe('dev');
  expect(stageOf('prod').name).toBe('prod');
});

test.each(['production', 'Dev', '', 'toString'])('STAGE=%s is refused with what is allowed', (name) => {
  expect(() => stageOf(name)).toThrow(
    `STAGE is "${name}": there is no such stage. Allowed are dev, prod; unset, it is dev`,
  );
});

test.each<[string, Partial<Stage>, string]>([
  ['a retention that CloudWatch does not take', { logRetentionDays: 15 }, 'logRetentionDays 15'],
  ['no days of the archive', { archiveDays: 0 }, 'archiveDays 0'],
  ['days of the archive below none', { archiveDays: -5 }, 'archiveDays -5'],
  ['half a day of the archive', { archiveDays: 0.5 }, 'archiveDays 0.5'],
  ['an archive of a thousand years', { archiveDays: 365_000 }, 'archiveDays 365000'],
  ['a protection that is neither', { deletionProtection: 'yes' } as object, 'deletionProtection "yes"'],
  ['no word on protection', { deletionProtection: undefined } as object, 'deletionProtection missing'],
  ['an alarm target that there is none', { alarmTarget: 'mail' } as object, 'alarmTarget "mail"'],
  ['no throttle', { throttle: undefined } as object, 'throttle.requestsPerSecond missing'],
  ['no origins', { corsOrigins: undefined } as object, 'corsOrigins missing'],
  ['no requests', { throttle: { requestsPerSecond: 0, burst: 1 } }, 'throttle.requestsPerSecond 0'],
  ['no burst', { throttle: { requestsPerSecond: 1, burst: 0 } }, 'throttle.burst 0'],
  ['a name that no API stage can have', { name: 'Dev 2' }, 'name "Dev 2"'],
  ['a host for an origin', { corsOrigins: ['shop.example'] }, 'corsOrigins "shop.example"'],
  [
    'an origin with a path',
    { corsOrigins: ['https://shop.example/'] },
    'corsOrigins "https://shop.example/"',
  ],
  [
    'an origin with the usual port',
    { corsOrigins: ['https://shop.example:443'] },
    'corsOrigins "https://shop.example:443"',
  ],
  ['any origin', { corsOrigins: ['https://shop.example', '*'] }, 'corsOrigins "*"'],
])('a stage with %s is refused with what is allowed', (_, wrong, what) => {
  const stage = { ...stageOf(), ...wrong };
  const said = `The stage ${stage.name} has ${what} in infra/src/stages.ts: allowed is `;
  expect(() => checkStage(stage)).toThrow(new RegExp(`^${said.replace(/[.*()/]/g, '\\$&')}.`));
});

test('the stages of the table are as they should be', () => {
  for (const name of stageNames) expect(() => stageOf(name)).not.toThrow();
  expect(new Set(stageNames).size).toBe(stageNames.length);
});

test('turbo hands synth every variable of the environment that it reads', () => {
  const root = resolve(import.meta.dirname, '../..');
  const read = [...readFileSync(join(root, 'infra/main.ts'), 'utf8').matchAll(/process\.env\.(\w+)/g)];
  const { tasks } = JSON.parse(readFileSync(join(root, 'turbo.json'), 'utf8')) as {
    tasks: { synth: { env: string[] } };
  };
  expect(read.map(([, name]) => name)).toEqual(tasks.synth.env);
});

test('dev and prod differ in what the table of stages says, and in nothing else', () => {
  const [here, there] = [readable(dev), readable(prod)];
  const paths = elementsOf(prod)
    .map(({ path }) => path)
    .filter((path) => !path.startsWith('alarm-topic/'));
  expect(
    elementsOf(dev)
      .map(({ path }) => path)
      .sort(),
  ).toEqual([...paths].sort());

  const found = paths
    .filter((path) => !/^monitoring\//.test(path))
    .flatMap((path) => differences(here.at(path), there.at(path), path));
  expect(found.sort()).toEqual([
    'api/access-log.retention_in_days: 14 → 90',
    'api/permission.source_arn: "<api/api.execution_arn>/dev/$default" → "<api/api.execution_arn>/prod/$default"',
    'api/stage.default_route_settings.throttling_burst_limit: 100 → 1000',
    'api/stage.default_route_settings.throttling_rate_limit: 50 → 500',
    'api/stage.name: "dev" → "prod"',
    'bus/OrdertoCloudWatch/log-group.retention_in_days: 14 → 90',
    'bus/archive.retention_days: 14 → 90',
    'persister/log-group.retention_in_days: 14 → 90',
    'producer/log-group.retention_in_days: 14 → 90',
    'table/table.deletion_protection_enabled: false → true',
  ]);
  expect(there.provider('aws')).toMatchObject([{ default_tags: [{ tags: { stage: 'prod' } }] }]);
});

test('prod asks for who is told of alarms, by a variable with no default; dev has no such variable', () => {
  expect(dev.variable.alarm_email).toBeUndefined();
  expect(prod.variable.alarm_email).toEqual({
    type: 'string',
    description: expect.stringMatching(/mail/),
    validation: [expect.anything()],
  });
});

test('the origins of a stage, and no others, may place orders from a browser; without any, CORS is off', () => {
  const withoutCors = new OrderStack(new App(), { ...stageOf(), corsOrigins: [] });
  expect(JSON.stringify(withoutCors.toTerraform())).not.toContain('cors_configuration');
  const stack = new OrderStack(new App(), { ...stageOf(), corsOrigins: ['https://shop.example'] });
  const { resource } = stack.toTerraform() as { resource: Record<string, Record<string, Block>> };
  expect(Object.values(resource.aws_apigatewayv2_api ?? {})).toMatchObject([
    {
      cors_configuration: {
        allow_origins: ['https://shop.example'],
        allow_methods: ['GET', 'POST'],
        allow_headers: ['content-type', 'idempotency-key'],
      },
    },
  ]);
});

describe('the state', () => {
  const terraformOf = (bucket: string | undefined) => {
    const stack = new TerraformStack(new App(), 'orders-prod');
    keepStateIn(bucket, stack);
    return (stack.toTerraform() as { terraform: Block }).terraform;
  };

  test('is in the bucket of STATE_BUCKET: under the stack’s name, encrypted, locked', () => {
    expect(terraformOf('state-of-orders')).toMatchObject({
      backend: {
        s3: { bucket: 'state-of-orders', key: 'orders-prod.tfstate', encrypt: true, use_lockfile: true },
      },
      required_version: '>= 1.10',
    });
  });

  test('is a local file without it, one for each stage', () => {
    for (const [name, { terraform }] of Object.entries({ dev, prod })) {
      expect(Object.keys(terraform.backend)).toEqual(['local']);
      expect(terraform.backend.local).toEqual({
        path: expect.stringMatching(new RegExp(`terraform\\.orders-${name}\\.tfstate$`)),
      });
    }
  });

  test.each([
    ...['', 'ab', 'Upper-Case', 's3://bucket', 'under_score', '-hyphen', 'dot..dot', 'x'.repeat(64)],
    ...['192.168.1.1', 'xn--foo', 'sthree-a', 'foo-s3alias', 'foo--ol-s3', 'foo--x-s3'],
  ])('is not kept in a bucket that there can not be: STATE_BUCKET=%s', (bucket) => {
    expect(() => terraformOf(bucket)).toThrow(
      `STATE_BUCKET is "${bucket}", which can't be the name of an S3 bucket: that has 3 to 63 of a-z`,
    );
  });
});
