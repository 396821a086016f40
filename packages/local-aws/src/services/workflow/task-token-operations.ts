import { TaskTokenError, type TaskTokens } from '@orders/states-language';
import { AwsError } from '../../aws-error.ts';
import { type Call, type Operation, operation } from '../../operation.ts';
import { machineArnOf } from './workflow.ts';

const taskToken = { type: 'text', required: true } as const;

/**
 * The operations that answer a task which waits for its token. Their permission is on the state machine of the task, as
 * on AWS.
 */
export function taskTokenOperations(tokens: TaskTokens): Record<string, Operation> {
  const answer = async (token: string, { authorize }: Call, send: () => Promise<void>) => {
    const executionArn = tokens.executionOf(token);
    authorize(executionArn === undefined ? '*' : machineArnOf(executionArn));
    try {
      await send();
    } catch (error) {
      throw error instanceof TaskTokenError ? new AwsError(error.code, error.message) : error;
    }
    return {};
  };

  return {
    SendTaskSuccess: operation(
      { taskToken, output: { type: 'text', required: true } },
      ({ taskToken, output }, call) =>
        answer(taskToken, call, () => tokens.sendTaskSuccess(taskToken, output)),
    ),
    SendTaskFailure: operation(
      { taskToken, error: { type: 'text' }, cause: { type: 'text' } },
      ({ taskToken, error, cause }, call) =>
        answer(taskToken, call, () => tokens.sendTaskFailure(taskToken, error, cause)),
    ),
    SendTaskHeartbeat: operation({ taskToken }, ({ taskToken }, call) =>
      answer(taskToken, call, () => tokens.sendTaskHeartbeat(taskToken)),
    ),
  };
}
