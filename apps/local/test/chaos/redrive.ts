import {
  ListExecutionsCommand,
  ListStateMachinesCommand,
  RedriveExecutionCommand,
  SFNClient,
} from '@aws-sdk/client-sfn';
import { sdkConfig, type TestSystem } from '../../src/testing/index.ts';

/** How many times an execution is redriven, at most. */
const maxRounds = 5;

/**
 * Redrives the executions of workflows that failed, as the runbook says, until none is left.
 *
 * @returns how many redrives it took
 */
export async function redriveFailedExecutions(system: TestSystem): Promise<number> {
  const client = new SFNClient(sdkConfig(system));
  let redrives = 0;
  try {
    const { stateMachines = [] } = await client.send(new ListStateMachinesCommand({}));
    for (let round = 0; round < maxRounds; round += 1) {
      const failed: (string | undefined)[] = [];
      for (const { stateMachineArn } of stateMachines) {
        const list = new ListExecutionsCommand({ stateMachineArn, statusFilter: 'FAILED' });
        failed.push(...((await client.send(list)).executions ?? []).map(({ executionArn }) => executionArn));
      }
      if (failed.length === 0) return redrives;
      for (const executionArn of failed) await client.send(new RedriveExecutionCommand({ executionArn }));
      redrives += failed.length;
      await system.settled();
    }
    throw new Error(`Executions still fail after ${maxRounds} redrives`);
  } finally {
    client.destroy();
  }
}
