import type { StateMachine } from './definition.ts';
import { inside } from './problems.ts';
import type { TaskResource } from './task-resource.ts';

/** A Task state of a definition. */
export interface Call {
  readonly stateName: string;
  /** Where the state is, as a JSON pointer. */
  readonly place: string;
  readonly resource: TaskResource;
}

/**
 * Everything that a definition calls, inside of Map and Parallel states too: to refuse at the start what isn't known,
 * and to grant what is needed.
 */
export function callsOf(machine: StateMachine, place = ''): Call[] {
  return [...machine.states].flatMap(([stateName, state]) => {
    const statePlace = inside(inside(place, 'States'), stateName);
    switch (state.type) {
      case 'Task':
        return [{ stateName, place: statePlace, resource: state.resource }];
      case 'Map':
        return callsOf(state.processor, inside(statePlace, state.processorField));
      case 'Parallel':
        return state.branches.flatMap((branch, at) =>
          callsOf(branch, inside(inside(statePlace, 'Branches'), at)),
        );
      default:
        return [];
    }
  });
}
