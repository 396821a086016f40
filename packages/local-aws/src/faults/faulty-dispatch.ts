import type { Dispatch } from '../aws.ts';
import { AwsError } from '../aws-error.ts';
import type { Faults } from './faults.ts';
import type { FunctionCrashes } from './function-crashes.ts';
import { LostAnswerError } from './lost-answer-error.ts';

/** The door to all operations, with faults for what runs in the stack. A developer's calls have none. */
export const faultyDispatch =
  (dispatch: Dispatch, faults: Faults, crashes: FunctionCrashes): Dispatch =>
  async (target, input, caller, request) => {
    const { roleArn, flowId, invocationId } = caller;
    if (roleArn === undefined || flowId === undefined) return dispatch(target, input, caller, request);

    const place = `${target} in the role ${roleArn.split('/').at(-1)}`;
    const strikes = (kind: 'throttle' | 'drop-response') => {
      const decided = faults.decide(kind, flowId, `${place} ${invocationId ?? ''}`);
      if (decided !== undefined) faults.record(kind, flowId, place);
      return decided !== undefined;
    };
    if (crashes.atCall(invocationId, 'before', target)) throw new LostAnswerError(place);
    if (strikes('throttle')) throw new AwsError('ThrottlingException', 'Rate exceeded: an injected fault');
    const output = await dispatch(target, input, caller, request);
    if (crashes.atCall(invocationId, 'after', target) || strikes('drop-response'))
      throw new LostAnswerError(place);
    return output;
  };
