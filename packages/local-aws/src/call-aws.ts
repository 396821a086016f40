import type { Dispatch } from './aws.ts';
import { AwsError } from './aws-error.ts';
import type { CallAws } from './context.ts';
import { LostAnswerError } from './faults/lost-answer-error.ts';
import type { JsonObject } from './json.ts';
import { isWholeResponse } from './operation.ts';
import { signedHeaders } from './state/table-store.ts';

/**
 * Calls operations inside of this process as an AWS SDK would from outside.
 *
 * @param door opens when all services are there; until then, calls wait
 */
export const createCallAws =
  (door: Promise<Dispatch>): CallAws =>
  async (target, input, caller) => {
    const dispatch = await door;
    const request = { headers: signedHeaders(target), body: Buffer.from(JSON.stringify(input)) };
    const output = await dispatch(target, input, caller, request).catch((error: unknown) => {
      // A service that calls another gets an answer in any case: that there was none.
      throw error instanceof LostAnswerError
        ? new AwsError('InternalFailure', error.message, undefined, 500)
        : error;
    });
    if (!isWholeResponse(output)) return output as JsonObject;
    const { status, body } = output.response;
    const answer = JSON.parse(body.toString()) as JsonObject;
    if (status === 200) return answer;
    const message = answer.message ?? answer.Message ?? '';
    throw new AwsError(String(answer.__type), String(message), undefined, status);
  };
