import { isObject, type JsonObject, type JsonValue } from '../json.ts';
import { inside, type Problems } from './problems.ts';

/** The longest name of a variable. */
const maxNameLength = 80;
const variableName = /^\p{ID_Start}\p{ID_Continue}*$/u;

/**
 * Checks the names of variables: a branch doesn't set one that the machine around it sets.
 *
 * @param outer the variables of the machines around this one
 */
export function checkVariables(
  machine: JsonObject,
  place: string,
  problems: Problems,
  outer: ReadonlySet<string> = new Set(),
): void {
  const own = new Set<string>();
  const states = isObject(machine.States) ? machine.States : {};
  const statesPlace = inside(place, 'States');
  for (const [stateName, state] of Object.entries(states)) {
    if (!isObject(state)) continue;
    for (const [assign, assignPlace] of assignsOf(state, inside(statesPlace, stateName))) {
      for (const key of Object.keys(assign)) {
        const name = key.endsWith('.$') ? key.slice(0, -2) : key;
        own.add(name);
        if (!variableName.test(name) || name.length > maxNameLength || name === 'states') {
          problems.invalid(
            assignPlace,
            `${name} is not the name of a variable: a letter, then up to ${maxNameLength - 1} letters, digits and ` +
              'underscores, and not states',
          );
        } else if (outer.has(name)) {
          problems.invalid(assignPlace, `The variable ${name} is set outside of this branch, too`);
        }
      }
    }
  }
  const around = new Set([...outer, ...own]);
  for (const [stateName, state] of Object.entries(states)) {
    if (!isObject(state)) continue;
    for (const [inner, innerPlace] of machinesOf(state, inside(statesPlace, stateName))) {
      checkVariables(inner, innerPlace, problems, around);
    }
  }
}

type Placed = [value: JsonObject, place: string];

/** `Assign` of a state, of its rules and of its catchers. */
function assignsOf(state: JsonObject, place: string): Placed[] {
  const holders = [
    [state, place] as Placed,
    ...listed(state, 'Choices', place),
    ...listed(state, 'Catch', place),
  ];
  return holders.flatMap(([holder, holderPlace]) => placed(holder.Assign, inside(holderPlace, 'Assign')));
}

/** The machines inside of a state. */
const machinesOf = (state: JsonObject, place: string): Placed[] => [
  ...listed(state, 'Branches', place),
  ...placed(state.ItemProcessor, inside(place, 'ItemProcessor')),
  ...placed(state.Iterator, inside(place, 'Iterator')),
];

function listed(state: JsonObject, field: string, place: string): Placed[] {
  const list = state[field];
  return Array.isArray(list)
    ? list.flatMap((item, at) => placed(item, inside(inside(place, field), at)))
    : [];
}

const placed = (value: JsonValue | undefined, place: string): Placed[] =>
  isObject(value) ? [[value, place]] : [];
