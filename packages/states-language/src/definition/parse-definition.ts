import { isObject, type JsonObject, type JsonValue } from '../json.ts';
import { checkFields } from './check-fields.ts';
import { checkVariables } from './check-variables.ts';
import type { Definition, State, StateMachine } from './definition.ts';
import { type Fields, machineFields, type QueryLanguage } from './fields.ts';
import { parseState } from './parse-state.ts';
import { inside, type Problem, Problems } from './problems.ts';

/** A definition, or why there is none. */
export type ParsedDefinition =
  | { readonly definition: Definition; readonly problems?: undefined }
  | { readonly definition?: undefined; readonly problems: readonly [Problem, ...Problem[]] };

/** The longest name of a state. */
const maxNameLength = 80;
/** The largest definition, in bytes. */
const maxDefinitionBytes = 1024 * 1024;

/**
 * Reads a definition in the Amazon States Language.
 *
 * @param text JSON
 * @returns the definition, or its problems: what AWS refuses too (`invalid`), and what AWS runs and this package
 * doesn't (`unknown`)
 */
export function parseDefinition(text: string): ParsedDefinition {
  const problems = new Problems();
  const definition = read(text, problems);
  const [first, ...others] = problems.list;
  if (first !== undefined) return { problems: [first, ...others] };
  if (definition === undefined) throw new Error('a definition without problems has to be readable');
  return { definition };
}

function read(text: string, problems: Problems): Definition | undefined {
  if (Buffer.byteLength(text) > maxDefinitionBytes) {
    problems.invalid(
      '/',
      `A definition has up to ${maxDefinitionBytes} bytes, received ${Buffer.byteLength(text)}`,
    );
    return undefined;
  }
  const machine = readJson(text, problems);
  if (machine === undefined) return undefined;
  if (!isObject(machine)) {
    problems.invalid('/', 'Definition must be a valid JSON object');
    return undefined;
  }
  const parsed = parseMachine(machine, machineFields, languageOf(machine), '', new Set(), problems);
  checkVariables(machine, '', problems);
  const { TimeoutSeconds: seconds } = machine;
  return parsed && { ...parsed, timeoutSeconds: typeof seconds === 'number' ? seconds : undefined };
}

/** A state without a definition around it, or why it isn't taken. */
export type ParsedState =
  | { readonly state: State; readonly problems?: undefined }
  | { readonly state?: undefined; readonly problems: readonly [Problem, ...Problem[]] };

/** The name of a state without a definition around it. */
const loneName = 'StateName';

/**
 * Reads a state without a definition around it, for `TestState`. Where it leads to isn't checked.
 *
 * @param text JSON
 */
export function parseLoneState(text: string): ParsedState {
  const problems = new Problems();
  const place = inside(inside('', 'States'), loneName);
  const value = readJson(text, problems);
  const names = new Set([loneName]);
  const state =
    value === undefined
      ? undefined
      : parseState(loneName, value, {
          language: 'JSONPath',
          place,
          problems,
          parseMachine: (inner, fields, innerPlace) =>
            parseMachine(inner, fields, languageOf(value), innerPlace, names, problems),
        });
  const [first, ...others] = problems.list;
  if (first !== undefined) return { problems: [first, ...others] };
  if (state === undefined) throw new Error('a state without problems has to be readable');
  return { state };
}

function readJson(text: string, problems: Problems): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch (error) {
    problems.invalid('/', error instanceof Error ? error.message : String(error), 'INVALID_JSON_DESCRIPTION');
    return undefined;
  }
}

const languageOf = (value: JsonValue): QueryLanguage =>
  isObject(value) && value.QueryLanguage === 'JSONata' ? 'JSONata' : 'JSONPath';

/**
 * Reads a machine, or one inside of it.
 *
 * @param names the names of all states read so far, which have to differ
 */
function parseMachine(
  machine: JsonObject,
  fields: Fields,
  language: QueryLanguage,
  place: string,
  names: Set<string>,
  problems: Problems,
): StateMachine | undefined {
  const { StartAt: startAt, States: list } = machine;
  checkFields(machine, fields, language, place === '' ? '/' : place, problems);
  if (!isObject(list) || typeof startAt !== 'string') return undefined;
  const states = new Map<string, State>();
  const statesPlace = inside(place, 'States');
  if (Object.keys(list).length === 0) problems.invalid(statesPlace, 'Value cannot be empty');
  for (const [name, value] of Object.entries(list)) {
    const statePlace = inside(statesPlace, name);
    if (name === '' || name.length > maxNameLength) {
      problems.invalid(
        statePlace,
        `The name of a state has 1 to ${maxNameLength} characters, received ${name.length}`,
      );
    }
    if (names.has(name))
      problems.invalid(statePlace, `Duplicate State name: ${name}`, 'DUPLICATE_STATE_NAME');
    names.add(name);
    const state = parseState(name, value, {
      language,
      place: statePlace,
      problems,
      parseMachine: (inner, innerFields, innerPlace) =>
        parseMachine(inner, innerFields, language, innerPlace, names, problems),
    });
    if (state) states.set(name, state);
  }
  checkTransitions(startAt, list, place, problems);
  return { startAt, states };
}

/** Checks that each transition leads to a state, and that each state is reached. */
function checkTransitions(startAt: string, list: JsonObject, place: string, problems: Problems): void {
  const reached = new Set<string>();
  const statesPlace = inside(place, 'States');
  const follow = (target: JsonValue | undefined, from: string) => {
    if (typeof target !== 'string') return;
    if (!Object.hasOwn(list, target)) {
      problems.invalid(from, `Missing 'Next' target: ${target}`, 'MISSING_TRANSITION_TARGET');
    } else if (!reached.has(target)) {
      reached.add(target);
      queue.push(target);
    }
  };
  const queue: string[] = [];
  follow(startAt, inside(place, 'StartAt'));
  for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
    const state = list[name];
    if (!isObject(state)) continue;
    const from = inside(statesPlace, name);
    follow(state.Next, inside(from, 'Next'));
    follow(state.Default, inside(from, 'Default'));
    for (const field of ['Choices', 'Catch']) {
      const rules = state[field];
      if (!Array.isArray(rules)) continue;
      rules.forEach((rule, index) => {
        if (isObject(rule)) follow(rule.Next, inside(inside(inside(from, field), index), 'Next'));
      });
    }
  }
  for (const name of Object.keys(list)) {
    if (!reached.has(name))
      problems.invalid(
        inside(statesPlace, name),
        `State "${name}" is not reachable.`,
        'MISSING_TRANSITION_TARGET',
      );
  }
}
