import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { schemasDir } from '@orders/contract';
import spectralCore, { type RulesetDefinition } from '@stoplight/spectral-core';
import { oas } from '@stoplight/spectral-rulesets';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { readCatalogue } from '../scripts/catalogue.ts';
import { renderOpenApi, type StageStack } from '../scripts/render-openapi.ts';
import type { Block } from '../scripts/stack-json.ts';
import { synthStack } from '../scripts/synthesize.ts';
import { readTopology } from '../scripts/topology.ts';
import { stageNames } from '../src/stages.ts';

// What the document says today is in docs/openapi.yaml, and golden-copies.test.ts compares it. The real answers of the API
// are checked against it in apps/local/test, by api.test.ts and stages.test.ts.

const synthesized: StageStack[] = stageNames.map((name) => ({ name, json: synthStack(name) }));
const catalogue = readCatalogue(schemasDir, readTopology(synthesized[0]?.json ?? synthStack()));
const render = (stages = synthesized) => renderOpenApi(catalogue, stages);

interface Document {
  paths: Record<string, Record<string, { responses: Record<string, unknown> }>>;
  security: object[];
  components: { schemas: Record<string, Block> };
}
const documentOf = (stages?: StageStack[]) => parse(render(stages)) as Document;

/** Every stage, changed in the same way. */
const changed = (change: (resources: StageStack['json']['resource']) => void): StageStack[] =>
  structuredClone(synthesized).map(({ name, json }) => {
    change(json.resource);
    return { name, json };
  });

const routeOf = (resources: StageStack['json']['resource'], key: string): Block => {
  const route = Object.values(resources.aws_apigatewayv2_route ?? {}).find(
    ({ route_key }) => route_key === key,
  );
  if (!route) throw new Error(`the stack has no route ${key}`);
  return route;
};

test('openapi.yaml is a valid OpenAPI 3.1 document, with nothing to complain about', async () => {
  const spectral = new spectralCore.Spectral();
  spectral.setRuleset({
    extends: [oas as RulesetDefinition],
    // A summary says what there is to say of an operation, and a repository has issues, not a mail address.
    rules: { 'info-contact': 'off', 'operation-description': 'off' },
  });
  const found = await spectral.run(render());
  const complaints = found.map(({ code, path, message }) => `${code} at ${path.join('/')}: ${message}`);
  expect(complaints).toEqual([
    // What is answered to a path or a method that the document doesn't have, so nothing in it refers to them.
    expect.stringMatching(/^oas3-unused-component at components\/responses\/NoRoute: /),
    expect.stringMatching(/^oas3-unused-component at components\/responses\/WrongMethod: /),
  ]);
});

test('the linter finds faults', async () => {
  const spectral = new spectralCore.Spectral();
  spectral.setRuleset({ extends: [oas as RulesetDefinition] });
  const found = await spectral.run(
    render().replace('operationId: placeOrder\n', 'operationId: followOrder\n'),
  );
  expect(found.map(({ code }) => code)).toContain('operation-operationId-unique');
});

describe('the schemas', () => {
  const { components } = documentOf();
  let ajv: Ajv2020;
  beforeAll(() => {
    ajv = new Ajv2020({ strict: true, strictRequired: false, formats: { 'date-time': true } });
    ajv.addVocabulary(['components']);
    ajv.addSchema({ $id: 'openapi', components });
  });
  const names = Object.keys(components.schemas);

  test.each(names)('%s is a schema of draft 2020-12, which takes its examples', (name) => {
    const isValid = ajv.compile({ $ref: `openapi#/components/schemas/${name}` });
    for (const example of (components.schemas[name]?.examples ?? []) as unknown[])
      expect([isValid(example), isValid.errors]).toEqual([true, null]);
  });

  test('Order takes the orders of the contract, and no others', () => {
    const isValid = ajv.compile({ $ref: 'openapi#/components/schemas/Order' });
    const verdicts = (kind: string) => {
      const folder = join(schemasDir, 'fixtures/order-placed', kind);
      return readdirSync(folder)
        .map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as unknown)
        .filter((detail) => kind === 'valid' || hasOrderId(detail))
        .map((detail) => isValid(detail));
    };
    expect([...new Set(verdicts('valid'))]).toEqual([true]);
    expect([...new Set(verdicts('invalid'))]).toEqual([false]);
  });
});

/** Whether what is wrong with a detail isn't its id, which an order hasn't got. */
const hasOrderId = (detail: unknown) =>
  /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(String((Object(detail) as Block).orderId));

describe('the document', () => {
  test('asks for a token in no stage if no route does', () => {
    const open = changed((resources) => {
      for (const route of Object.values(resources.aws_apigatewayv2_route ?? {}))
        delete route.authorization_type;
    });
    expect(documentOf(open).security).toEqual([{}]);
    expect(documentOf(open).paths['/orders']?.post?.responses).not.toHaveProperty('401');
    expect(documentOf().paths['/orders']?.post?.responses).toHaveProperty('401');
  });

  test('refuses a route to a function whose operations nobody has written down', () => {
    const odd = changed((resources) => {
      routeOf(resources, 'GET /orders/{orderId}').route_key = 'DELETE /orders/{orderId}';
    });
    expect(() => render(odd)).toThrow(
      'the route DELETE /orders/{orderId} leads to status, whose operations are GET /orders/{orderId}',
    );
  });

  test('refuses an operation that no route leads to', () => {
    const without = changed((resources) => {
      const routes = resources.aws_apigatewayv2_route ?? {};
      for (const [id, { route_key }] of Object.entries(routes))
        if (route_key !== '$default') delete routes[id];
    });
    expect(() => render(without)).toThrow(
      'status takes GET /orders/{orderId}, and the routes of the API lead it to producer',
    );
  });

  test('refuses stages that have other routes', () => {
    const [first, second] = structuredClone(synthesized);
    if (!first || !second) throw new Error('there is one stage');
    routeOf(second.json.resource, '$default').route_key = 'ANY /{proxy+}';
    expect(() => render([first, second])).toThrow('the stages have different routes');
  });
});
