import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Block, type Element, elementsOf, reference } from '../scripts/stack-json.ts';
import { synthStack } from '../scripts/synthesize.ts';
import { always, deployed } from './deploy-actions.ts';

/** An action, with the ARN that AWS asks about. */
interface Asked {
  action: string;
  resource: string;
}

const askedBefore = new Map<string, readonly Asked[]>();

/** Every action that AWS asks for in a deploy of a stage. */
export function askedFor(stage: string): readonly Asked[] {
  const asked = askedBefore.get(stage) ?? findAsked(stage);
  askedBefore.set(stage, asked);
  return asked;
}

function findAsked(stage: string): Asked[] {
  const elements = elementsOf(synthStack(stage)).filter(({ type }) => !type.startsWith('data.'));
  const nameOf = (element: Element | undefined): string => {
    const { name = element?.attributes.function_name } = element?.attributes ?? {};
    return resolved(name);
  };
  const resolved = (value: unknown): string =>
    String(value).replaceAll(reference, (_, address) =>
      nameOf(elements.find((element) => element.address === address)),
    );
  const ofResources = elements.flatMap(({ path, type, attributes }) => {
    const asked = deployed[type];
    if (!asked) throw new Error(`${path}: add what AWS asks for ${type} to test/deploy-actions.ts`);
    return asked.flatMap(({ actions, resources }) =>
      resources((attribute) => resolved(attributes[attribute])).flatMap((resource) =>
        actions.map((action) => ({ action, resource })),
      ),
    );
  });
  return [...ofResources, ...always(stage)];
}

export interface Statement {
  Sid: string;
  Action: string | string[];
  Resource: string | string[];
  Condition?: Block;
}

export const policyFile = resolve(import.meta.dirname, '../delivery/deploy-policy.json');
export const policy: { Statement: Statement[] } = JSON.parse(readFileSync(policyFile, 'utf8'));

/** By their patterns: a policy is asked for some thousand actions. */
const expressions = new Map<string, RegExp>();

/** Whether a pattern of IAM, where * is any text, matches all of this text. */
export function matches(pattern: string, text: string): boolean {
  const expression =
    expressions.get(pattern) ??
    new RegExp(`^${pattern.replaceAll(/[.$()+]/g, '\\$&').replaceAll('*', '.*')}$`);
  expressions.set(pattern, expression);
  return expression.test(text);
}

/** The statements that allow an action on a resource. */
export const allowing = (action: string, resource?: string, of = policy): Statement[] =>
  of.Statement.filter(
    ({ Action, Resource }) =>
      [Action].flat().some((pattern) => matches(pattern, action)) &&
      (resource === undefined || [Resource].flat().some((pattern) => matches(pattern, resource))),
  );
