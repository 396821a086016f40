import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Plan, type Resource, text } from './plan/read-plan.ts';
import { parts } from './system-map.ts';

/** A resource under the name that people know it by: `rule USOrdertoAPI`. */
interface Named {
  name: string;
  /** Whether it is on the map. The others are details of one that is. */
  isPart: boolean;
  type: string;
  resource: Resource;
  dir: string;
}

export interface Comparison {
  /** None for plans that run the same. */
  phrases: string[];
  /** Whether nothing is different but the code of functions. */
  isCodeOnly: boolean;
}

/** Where the code of a function is, and what follows from it. It is compared by itself. */
const codeArguments = ['filename', 'source_code_hash'];

/**
 * Says what is different in a plan, a phrase each: `rule USOrdertoAPI is new`, `function orders-persister has other
 * code`. The parts of the map come first; the others are counted.
 */
export function comparePlans(before: Plan, after: Plan): Comparison {
  const [old, now] = [namedResources(before), namedResources(after)];
  const changes = [...now].flatMap(([address, named]) => {
    const what = whatChanged(old.get(address), named);
    return what === undefined ? [] : [{ ...named, what }];
  });
  for (const [address, named] of old) if (!now.has(address)) changes.push({ ...named, what: 'is gone' });

  const phrases = changes.filter(({ isPart }) => isPart).map(({ name, what }) => `${name} ${what}`);
  const details = changes.filter(({ isPart }) => !isPart);
  if (details.length > 0) {
    const types = [...new Set(details.map(({ type }) => type))].join(', ');
    const count =
      details.length === 1 ? '1 other resource differs' : `${details.length} other resources differ`;
    phrases.push(`${count} (${types})`);
  }
  return { phrases, isCodeOnly: changes.every(({ what }) => what === otherCode) };
}

const otherCode = 'has other code';

function namedResources(plan: Plan): Map<string, Named> {
  const all = plan.types().flatMap((type) => {
    const part = parts.find(([known]) => known === type);
    return plan.resources(type).map((resource): [string, Named] => {
      const name = part ? `${part[1]} ${text(resource, part[2])}` : type;
      return [resource.address, { name, isPart: part !== undefined, type, resource, dir: plan.dir }];
    });
  });
  return new Map(all);
}

function whatChanged(old: Named | undefined, now: Named): string | undefined {
  if (!old) return 'is new';
  const [before, after] = [old.resource.attributes, now.resource.attributes];
  const names = Object.keys({ ...before, ...after }).filter(
    (name) => !codeArguments.includes(name) && JSON.stringify(before[name]) !== JSON.stringify(after[name]),
  );
  if (names.length > 0) return `has another ${names.join(', ')}`;
  return codeOf(old)?.equals(codeOf(now) ?? Buffer.of()) === false ? otherCode : undefined;
}

/** The zip of a function; undefined for any other resource. */
const codeOf = ({ type, resource, dir }: Named): Buffer | undefined =>
  type === 'aws_lambda_function' ? readFileSync(resolve(dir, text(resource, 'filename'))) : undefined;
