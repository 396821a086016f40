import { isDeepStrictEqual } from 'node:util';
import type { ReadableStack, Resource } from '../scripts/readable-stack.ts';
import type { Block } from '../scripts/stack-json.ts';

/** A resource or a data source at its place in the tree of constructs, `bus/USOrdertoAPI/target`. */
export class Placed {
  readonly path: string;
  readonly resource: string;
  readonly attributes: Block;
  #texts: string[] | undefined;
  #policies: Statement[][] | undefined;

  constructor(path: string, { resource, ...attributes }: Resource) {
    this.path = path;
    this.resource = resource;
    this.attributes = attributes;
  }

  /** Every text in its attributes, however deep. */
  get texts(): readonly string[] {
    this.#texts ??= textsIn(this.attributes);
    return this.#texts;
  }

  /** The statements of each policy in it, whatever the attribute is called. */
  get policies(): readonly Statement[][] {
    this.#policies ??= policiesIn(this.attributes);
    return this.#policies;
  }

  /** Whether it refers to the resource at a path, by any attribute of it. */
  refersTo(path: string): boolean {
    return this.texts.some((text) => text.includes(`<${path}.`));
  }
}

export interface Statement {
  Effect: string;
  Principal?: unknown;
  Action?: string | string[];
  Resource?: string | string[];
  Condition?: unknown;
}

/** A policy, wherever it is in a resource, and whatever the attribute is called. */
export interface Policy {
  path: string;
  resource: string;
  statements: Statement[];
}

/** Most resources of a stack are those of another stack that was looked at before. */
const placed = new WeakMap<Resource, Placed>();

/** A stack to ask: which resources of a type are there, what does a reference name, what may a role do. */
export class Stack {
  readonly all: readonly Placed[];
  readonly variables: Record<string, Block>;
  readonly provider: Record<string, Block[]>;
  readonly #byType = new Map<string, Placed[]>();
  #policies: Policy[] | undefined;

  constructor({ resources, variable, provider }: ReadableStack) {
    this.all = Object.entries(resources).map(([path, resource]) => {
      const known = placed.get(resource);
      if (known) return known;
      const made = new Placed(path, resource);
      placed.set(resource, made);
      return made;
    });
    for (const each of this.all) {
      const alike = this.#byType.get(each.resource);
      if (alike) alike.push(each);
      else this.#byType.set(each.resource, [each]);
    }
    this.variables = variable;
    this.provider = provider;
  }

  ofType(type: string): readonly Placed[] {
    return this.#byType.get(type) ?? [];
  }

  /** The resource that a value such as `<bus/bus.arn>` refers to, if it is of this type. */
  referred(value: unknown, type: string): Placed | undefined {
    const path = /^<([^<>]+)\.\w+>$/.exec(String(value))?.[1];
    return this.ofType(type).find((each) => each.path === path);
  }

  /** Every policy of every resource. */
  get policies(): readonly Policy[] {
    this.#policies ??= this.all.flatMap(({ path, resource, policies }) =>
      policies.map((statements) => ({ path, resource, statements })),
    );
    return this.#policies;
  }

  /** The statements of a role's policies. */
  statementsOf(role: unknown): Statement[] {
    const path = /^<([^<>]+)\.\w+>$/.exec(String(role))?.[1];
    return this.ofType('aws_iam_role_policy')
      .filter(({ attributes }) => attributes.role === `<${path}.name>`)
      .flatMap(({ attributes }) => statements(attributes.policy));
  }
}

function policiesIn(value: unknown): Statement[][] {
  if (typeof value !== 'object' || value === null) return [];
  if ('Statement' in value) return [list(value.Statement as Statement | Statement[])];
  return Object.values(value).flatMap(policiesIn);
}

export const statements = (policy: unknown): Statement[] =>
  (policy as { Statement?: Statement[] } | undefined)?.Statement ?? [];

/** One or more, as an array. */
export const list = <T>(value: T | readonly T[] | undefined): T[] =>
  (value === undefined ? [] : [value].flat()) as T[];

export const show = (value: unknown) => (value === undefined ? 'missing' : JSON.stringify(value));

export const same = isDeepStrictEqual;

/** Every text in a value, however deep. */
export function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
