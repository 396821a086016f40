import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { isObject, type JsonObject, type JsonValue } from '../json.ts';
import { readLimited, refuseTwins } from './read-limited.ts';
import { resolveReferences } from './references.ts';
import { dataSources, type Place, resourceTypes } from './resource-types.ts';
import { UnsupportedError } from './unsupported-error.ts';

/** A resource of the stack, its references resolved and what AWS would compute filled in. */
export interface Resource {
  /** `aws_lambda_function.persister_function_F4008E04`, for messages. */
  address: string;
  /** Its arguments and its computed attributes. */
  attributes: JsonObject;
  /** Left out where the stack says nothing. */
  notes?: Notes;
}

/** What the stack says of a resource to people and tools, and Terraform ignores. */
export interface Notes {
  /** Its place in the tree of constructs: `orders-dev/producer/role/policy`. */
  path?: string;
  /** Which call of its construct gives a role the permission for an action: `allowPutEvents()`, by the action. */
  grants?: Readonly<Record<string, string>>;
}

/** What is to run: the synthesized stack, resolved. */
export interface Plan {
  place: Place;
  /** The folder that relative paths in the stack start from. */
  dir: string;
  /** All resources of a type, by their order in the stack. */
  resources(type: string): Resource[];
  /** The types that the stack has resources of. */
  types(): string[];
}

export interface PlanOptions {
  /** The address of this process. */
  endpoint: string;
  /** Values for the stack's variables; the others take their defaults. */
  variables: Readonly<Record<string, string>>;
}

/** A stack as cdktf left it, nothing in it resolved. */
export interface SynthesizedStack {
  /** The name that cdktf knows it by, `orders-dev`. */
  name: string;
  json: JsonObject;
  /** The folder that relative paths in the stack start from. */
  dir: string;
}

/**
 * Reads the one stack that cdktf left in a folder.
 *
 * @param outDir `infra/cdktf.out`
 * @throws {UnsupportedError} unless exactly one stack is synthesized there
 */
export function readStack(outDir: string): SynthesizedStack {
  const manifestFile = join(outDir, 'manifest.json');
  if (!existsSync(manifestFile)) {
    throw new UnsupportedError(`${manifestFile} isn't there: synthesize the stack first, by \`pnpm synth\``);
  }
  const { stacks } = JSON.parse(readFileSync(manifestFile, 'utf8')) as {
    stacks: Record<string, { synthesizedStackPath: string }>;
  };
  const [first, ...others] = Object.entries(stacks);
  if (!first || others.length > 0) {
    throw new UnsupportedError(
      `${manifestFile}: the local run takes one stack, received ${Object.keys(stacks).join(', ') || 'none'}`,
    );
  }
  const [name, { synthesizedStackPath }] = first;
  const stackFile = resolve(outDir, synthesizedStackPath);
  return {
    name,
    json: JSON.parse(readFileSync(stackFile, 'utf8')) as JsonObject,
    dir: dirname(stackFile),
  };
}

/** Arguments that every resource may have, and that say nothing about how it runs. */
const metaArguments = ['//', 'depends_on', 'lifecycle'];

/** The account of the local run: AWS gives no one this number. */
const account = '000000000000';

/**
 * Resolves a stack.
 *
 * @throws {UnsupportedError} for what the local run doesn't know: a resource type, an argument, an expression
 */
export function resolvePlan(
  { json: stack, dir }: Pick<SynthesizedStack, 'json' | 'dir'>,
  { endpoint, variables }: PlanOptions,
): Plan {
  refuseUnknown(
    stack,
    ['//', 'data', 'output', 'provider', 'resource', 'terraform', 'variable'],
    'the stack',
    'block',
  );
  const declared = section(stack, 'resource');
  const resolving = new Set<string>();
  const known = new Map<string, JsonValue>();

  const variable = (name: string): JsonValue => {
    const declaration = section(stack, 'variable')[name];
    if (!isObject(declaration)) throw new Error(`var.${name}: the stack has no such variable`);
    const value = variables[name] ?? declaration.default;
    if (value !== undefined) return value;
    throw new UnsupportedError(
      `var.${name} has no default, and the local run has values for ${Object.keys(variables).join(', ')} only`,
    );
  };
  const place: Place = { region: '', account, endpoint };

  const lookup = (reference: string): JsonValue => {
    const cached = known.get(reference);
    if (cached !== undefined) return cached;
    if (resolving.has(reference)) {
      throw new Error(`${reference} refers to itself, through ${[...resolving].join(' → ')}`);
    }
    resolving.add(reference);
    const value = evaluate(reference.split('.'), reference);
    resolving.delete(reference);
    known.set(reference, value);
    return value;
  };

  const evaluate = ([root = '', ...path]: string[], reference: string): JsonValue => {
    if (root === 'var' && path[0] !== undefined && path.length === 1) return variable(path[0]);
    if (root === 'data') {
      const [type = '', , name = ''] = path;
      const attribute = dataSources[type]?.[name];
      if (attribute && path.length === 3) return attribute(place);
      throw new UnsupportedError(
        `\${${reference}}: the local run doesn't know this data source, or this attribute`,
      );
    }
    const [id = '', name = ''] = path;
    if (path.length !== 2)
      throw new UnsupportedError(`\${${reference}}: the local run knows type.name.attribute only`);
    return attribute(root, id, name);
  };

  const attribute = (type: string, id: string, name: string): JsonValue => {
    const config = section(declared, type)[id];
    const address = `${type}.${id}`;
    if (!isObject(config)) throw new Error(`\${${address}.${name}}: the stack has no such resource`);
    if (Object.hasOwn(config, name))
      return resolveReferences(config[name] ?? null, lookup, `${address}.${name}`);
    const computed = resourceTypes[type]?.computed?.[name];
    if (!computed) {
      throw new UnsupportedError(
        `\${${address}.${name}}: the local run doesn't know the attribute ${name} of ${type}`,
      );
    }
    return computed(
      (argument) => (argument === 'address' ? id : String(lookup(`${address}.${argument}`))),
      place,
    );
  };

  const [provider] = Object.values(section(stack, 'provider')).flat();
  if (!isObject(provider) || !provider.region) {
    throw new UnsupportedError('provider.aws: the local run needs its region, received none');
  }
  place.region = String(resolveReferences(provider.region, lookup, 'provider.aws.region'));

  const resources = new Map<string, Resource[]>();
  for (const [type, instances] of Object.entries(declared)) {
    const known = resourceTypes[type];
    if (!known) {
      throw new UnsupportedError(
        `${type}: the local run doesn't know this type of resource. It knows ${Object.keys(resourceTypes).join(', ')}`,
      );
    }
    const list = Object.entries(instances as JsonObject).map(([id, config]): Resource => {
      const address = `${type}.${id}`;
      const allowed = [...known.arguments, ...Object.keys(known.withoutEffect ?? {}), ...metaArguments];
      if (known.inert === undefined) refuseUnknown(config as JsonObject, allowed, address, 'argument');
      const names = [...Object.keys(config as JsonObject), ...Object.keys(known.computed ?? {})];
      const attributes = names
        .filter((name) => !metaArguments.includes(name))
        .map((name) => [name, lookup(`${address}.${name}`)] as const);
      const notes = readNotes(config as JsonObject);
      const resource: Resource = { address, attributes: Object.fromEntries(attributes), ...notes };
      if (known.inert !== undefined) return resource;
      return { ...resource, attributes: readLimited(type, resource) };
    });
    refuseTwins(type, list);
    resources.set(type, list);
  }
  return {
    place,
    dir,
    resources: (type) => resources.get(type) ?? [],
    types: () => [...resources.keys()],
  };
}

function readNotes(config: JsonObject): { notes?: Notes } {
  if (config['//'] === undefined) return {};
  const notes = section(config, '//');
  const { path } = section(notes, 'metadata');
  return {
    notes: {
      ...(typeof path === 'string' && { path }),
      ...(isObject(notes.grants) && { grants: notes.grants as Record<string, string> }),
    },
  };
}

function section(parent: JsonObject, name: string): JsonObject {
  const value = parent[name] ?? {};
  return isObject(value) ? value : {};
}

/**
 * A resource's nested block, empty when it is left out.
 *
 * @throws {UnsupportedError} for an argument in it that the local run doesn't know
 */
export function block(
  { address, attributes }: Resource,
  name: string,
  allowed: readonly string[],
): JsonObject {
  const value = attributes[name] ?? {};
  if (!isObject(value)) throw new UnsupportedError(`${address}: ${name} has to be one block`);
  refuseUnknown(value, allowed, `${address}.${name}`, 'argument');
  return value;
}

function refuseUnknown(value: JsonObject, allowed: readonly string[], where: string, what: string): void {
  const unknown = Object.keys(value).filter((name) => !allowed.includes(name));
  if (unknown.length === 0) return;
  throw new UnsupportedError(
    `${where}: the local run doesn't know the ${what} ${unknown.join(', ')}. It knows ${allowed.join(', ')}`,
  );
}

/** A resource's attribute that has to be text. */
export function text(
  { address, attributes }: Pick<Resource, 'address' | 'attributes'>,
  name: string,
): string {
  const value = attributes[name];
  if (typeof value === 'string') return value;
  throw new UnsupportedError(
    `${address}: ${name} has to be text, received ${JSON.stringify(value) ?? 'nothing'}`,
  );
}
