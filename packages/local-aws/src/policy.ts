import { isObject, type JsonObject, type JsonValue } from './json.ts';
import { UnsupportedError } from './plan/unsupported-error.ts';

type Matcher = (value: string) => boolean;

/** For whom a service acts, as conditions ask for it. A service that doesn't say has no keys. */
export interface Source {
  'aws:SourceArn'?: string;
  'aws:SourceAccount'?: string;
}

/** What one statement of a policy allows. Of IAM's language this is the part that stacks here use. */
export interface Statement {
  /** The resource of the stack that has it. */
  address: string;
  /** The statement as it is written. */
  document: JsonObject;
  /** The services that the statement lets in. A role's own policies name none. */
  services: readonly string[];
  allowsAction: Matcher;
  coversResource: Matcher;
  holdsFor: (source: Source) => boolean;
}

/** Who a policy speaks to: a role says what it may do, a resource says whom it lets in, and under which condition. */
type PolicyOf = 'role' | 'resource';

/**
 * Reads a policy document.
 *
 * @param address the resource that has the policy, for errors
 * @throws {UnsupportedError} for a statement that would allow too much or too little here
 */
export function readPolicy(document: string, of: PolicyOf, address: string): Statement[] {
  let policy: unknown;
  try {
    policy = JSON.parse(document);
  } catch {
    // Refused below, with everything else that isn't an object.
  }
  if (!isObject(policy)) {
    throw new UnsupportedError(`${address}: a policy has to be a JSON object, received ${document}`);
  }
  return list(policy.Statement).map((statement) => {
    if (!isObject(statement)) throw new UnsupportedError(`${address}: a statement has to be an object`);
    return readStatement(statement, of, address);
  });
}

function readStatement(statement: JsonObject, of: PolicyOf, address: string): Statement {
  const { Sid: _, Effect, Principal, Action, Resource, Condition, ...unknown } = statement;
  const misplaced = of === 'role' && Condition !== undefined;
  if (Effect !== 'Allow' || Object.keys(unknown).length > 0 || misplaced) {
    throw new UnsupportedError(
      `${address}: the local run knows statements that allow, with Principal, Action and Resource, and with a ` +
        `Condition where a resource lets a service in; received ${JSON.stringify(statement)}`,
    );
  }
  const principal = Principal ?? { Service: [] };
  if (!isObject(principal) || Object.keys(principal).join() !== 'Service') {
    throw new UnsupportedError(
      `${address}: the local run knows services as principals, received ${JSON.stringify(Principal)}`,
    );
  }
  const actions = strings(Action).map((action) => like(action.toLowerCase()));
  return {
    address,
    document: statement,
    services: strings(principal.Service),
    allowsAction: (action) => actions.some((matches) => matches(action.toLowerCase())),
    coversResource: anyOf(strings(Resource).map(like)),
    holdsFor: Condition === undefined ? () => true : readCondition(Condition, address),
  };
}

const isExactly =
  (expected: string): Matcher =>
  (value) =>
    value === expected;

/** The operators of conditions. `ArnEquals` takes wildcards, as on AWS, and so is the same as `ArnLike`. */
const operators: Readonly<Record<string, (expected: string) => Matcher>> = {
  ArnEquals: like,
  ArnLike: like,
  StringEquals: isExactly,
  StringLike: like,
};
const keys: readonly (keyof Source)[] = ['aws:SourceArn', 'aws:SourceAccount'];

/** Every key of every operator has to hold, by one of its values. With `…IfExists`, a key that isn't sent holds too. */
function readCondition(condition: JsonValue, address: string): Statement['holdsFor'] {
  const refuse = () =>
    new UnsupportedError(
      `${address}: the local run knows conditions of ${Object.keys(operators).join(', ')} on ${keys.join(' and ')}, ` +
        `received ${JSON.stringify(condition)}`,
    );
  if (!isObject(condition) || Object.keys(condition).length === 0) throw refuse();
  const demands = Object.entries(condition).flatMap(([operator, byKey]) => {
    const [, name = '', ifExists] = /^(\w+?)(IfExists)?$/.exec(operator) ?? [];
    const toMatcher = Object.hasOwn(operators, name) ? operators[name] : undefined;
    if (!toMatcher || !isObject(byKey) || Object.keys(byKey).length === 0) throw refuse();
    return Object.entries(byKey).map(([asked, values]) => {
      const key = keys.find((known) => known.toLowerCase() === asked.toLowerCase());
      if (!key) throw refuse();
      const matches = anyOf(strings(values).map(toMatcher));
      return ({ [key]: sent }: Source) => (sent === undefined ? ifExists !== undefined : matches(sent));
    });
  });
  return (source) => demands.every((holds) => holds(source));
}

const anyOf =
  (matchers: readonly Matcher[]): Matcher =>
  (value) =>
    matchers.some((matches) => matches(value));

/** `*` is any text, `?` any one character. */
function like(pattern: string): Matcher {
  if (!/[*?]/.test(pattern)) return isExactly(pattern);
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  const expected = new RegExp(`^${source}$`, 's');
  return (value) => expected.test(value);
}

const list = (value: JsonValue | undefined): JsonValue[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value];
const strings = (value: JsonValue | undefined): string[] => list(value).map(String);
