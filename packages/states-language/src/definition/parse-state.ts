import { jsonPathFlow } from '../data-flow/json-path-flow.ts';
import { jsonataFlow } from '../data-flow/jsonata-flow.ts';
import { isObject, type JsonObject, type JsonValue } from '../json.ts';
import { checkFields } from './check-fields.ts';
import type { State, StateMachine } from './definition.ts';
import { branchFields, type QueryLanguage, type StateType, stateFields } from './fields.ts';
import { parseChoices } from './parse-choices.ts';
import { parseErrorHandling } from './parse-error-handling.ts';
import { parseMap } from './parse-map.ts';
import { inside } from './problems.ts';
import type { Surroundings } from './surroundings.ts';
import { parseTaskResource } from './task-resource.ts';
import { compileCount, compileText, compileWait } from './values.ts';

const isStateType = (type: JsonValue | undefined): type is StateType =>
  typeof type === 'string' && Object.hasOwn(stateFields, type);

/** Reads a state, and notes its problems. */
export function parseState(name: string, value: JsonValue, around: Surroundings): State | undefined {
  const { place, problems } = around;
  if (!isObject(value)) {
    problems.invalid(place, `A state has to be an object, received ${JSON.stringify(value)}`);
    return undefined;
  }
  const { Type: type } = value;
  if (!isStateType(type)) {
    const allowed = Object.keys(stateFields).join(', ');
    problems.invalid(inside(place, 'Type'), `The field 'Type' should have one of these values: [${allowed}]`);
    return undefined;
  }
  const language = languageOf(value, around);
  const before = problems.list.length;
  checkFields(value, stateFields[type], language, place, problems);
  checkAlternatives(value, type, around);
  // What follows relies on fields of the right type.
  if (problems.list.length > before) return undefined;
  return problems.attempt(place, () => build(name, type, value, { ...around, language }));
}

function languageOf(state: JsonObject, { language, place, problems }: Surroundings): QueryLanguage {
  if (state.QueryLanguage === 'JSONPath' && language === 'JSONata') {
    problems.invalid(
      place,
      "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine",
    );
  }
  return state.QueryLanguage === 'JSONata' ? 'JSONata' : language;
}

/** Fields of which one excludes another, and fields of which one is needed. */
function checkAlternatives(state: JsonObject, type: StateType, { place, problems }: Surroundings): void {
  const given = (names: readonly string[]) => names.filter((name) => state[name] !== undefined);
  const atMostOne = (...names: string[]) => {
    const both = given(names);
    if (both.length > 1) problems.invalid(place, `Only one of these fields is allowed: [${both.join(', ')}]`);
  };
  const exactlyOne = (...names: string[]) => {
    atMostOne(...names);
    if (given(names).length === 0)
      problems.invalid(place, `One of these fields is required: [${names.join(', ')}]`);
  };
  for (const name of ['TimeoutSeconds', 'HeartbeatSeconds', 'MaxConcurrency', 'Error', 'Cause']) {
    atMostOne(name, `${name}Path`);
  }
  if (Object.hasOwn(stateFields[type], 'Next')) {
    const hasEnd = state.End === true;
    if (hasEnd === (state.Next !== undefined)) {
      problems.invalid(place, 'A state has either "Next" or "End": true');
    }
  }
  if (type === 'Wait') exactlyOne('Seconds', 'SecondsPath', 'Timestamp', 'TimestampPath');
  if (type === 'Map') {
    exactlyOne('ItemProcessor', 'Iterator');
    atMostOne('ItemSelector', 'Parameters');
  }
}

function build(name: string, type: StateType, state: JsonObject, around: Surroundings): State | undefined {
  const { language, place, problems } = around;
  const base = {
    name,
    language,
    flow: language === 'JSONata' ? jsonataFlow(state) : jsonPathFlow(state),
    next: typeof state.Next === 'string' ? state.Next : undefined,
  };
  switch (type) {
    case 'Pass':
      return { ...base, type, result: state.Result };
    case 'Succeed':
      return { ...base, type };
    case 'Wait':
      return { ...base, type, until: compileWait(state, language) };
    case 'Fail':
      return {
        ...base,
        type,
        error: compileText(state, 'Error', language),
        cause: compileText(state, 'Cause', language),
      };
    case 'Choice':
      return { ...base, type, ...parseChoices(state, language, place, problems) };
    case 'Task': {
      const resource = problems.attempt(inside(place, 'Resource'), () =>
        parseTaskResource(String(state.Resource)),
      );
      const { HeartbeatSeconds: heartbeat, TimeoutSeconds: timeout } = state;
      if (typeof heartbeat === 'number' && typeof timeout === 'number' && heartbeat >= timeout) {
        problems.invalid(
          inside(place, 'HeartbeatSeconds'),
          'HeartbeatSeconds has to be less than TimeoutSeconds',
        );
      }
      return (
        resource && {
          ...base,
          ...parseErrorHandling(state, language, place, problems),
          type,
          resource,
          timeoutSeconds: compileCount(state, 'TimeoutSeconds', language, 1),
          heartbeatSeconds: compileCount(state, 'HeartbeatSeconds', language, 1),
        }
      );
    }
    case 'Parallel': {
      const branches = parseBranches(state.Branches ?? null, around);
      return { ...base, ...parseErrorHandling(state, language, place, problems), type, branches };
    }
    case 'Map': {
      const map = parseMap(state, around);
      return map && { ...base, ...parseErrorHandling(state, language, place, problems), type, ...map };
    }
  }
}

function parseBranches(list: JsonValue, { place, problems, parseMachine }: Surroundings): StateMachine[] {
  const branchesPlace = inside(place, 'Branches');
  const branches = Array.isArray(list) ? list : [];
  if (branches.length === 0) problems.invalid(branchesPlace, 'Value cannot be empty');
  return branches.flatMap((branch, index) => {
    const branchPlace = inside(branchesPlace, index);
    if (isObject(branch)) return parseMachine(branch, branchFields, branchPlace) ?? [];
    problems.invalid(branchPlace, `A branch has to be an object, received ${JSON.stringify(branch)}`);
    return [];
  });
}
