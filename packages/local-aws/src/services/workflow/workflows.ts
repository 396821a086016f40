import { TaskTokens } from '@orders/states-language';
import type { Context, Service } from '../../context.ts';
import type { Plan } from '../../plan/read-plan.ts';
import { UnsupportedError } from '../../plan/unsupported-error.ts';
import { createCallResource } from './call-task.ts';
import { createMachine } from './machine.ts';
import { stepFunctionsOperations } from './step-functions-operations.ts';
import { createWorkflow } from './workflow.ts';

/** The state machines of the stack, run by an interpreter of the Amazon States Language. */
export function createWorkflows(plan: Plan, context: Context): Service {
  const { iam } = context;
  const account = { tokens: new TaskTokens(), callResource: createCallResource(context) };
  const list = plan
    .resources('aws_sfn_state_machine')
    .map((resource) => createWorkflow(createMachine(resource, plan.place.region), context, account));
  for (const workflow of list) workflow.resume();

  return {
    operations: stepFunctionsOperations(list, plan.place, account, context),
    /** Starts an execution of a state machine for each event. */
    target(arn, { ruleArn, roleArn }) {
      const workflow = list.find((candidate) => candidate.arn === arn);
      if (!workflow) return undefined;
      if (roleArn === undefined) {
        throw new UnsupportedError(
          `the target ${arn} needs a role_arn: EventBridge starts executions in a role`,
        );
      }
      const authorize = () => [
        iam.authorizeService('events.amazonaws.com', 'sts:AssumeRole', roleArn, ruleArn),
        iam.authorizeRole(roleArn, 'states:StartExecution', arn),
      ];
      return {
        description: `state machine ${workflow.name}`,
        authorize,
        async deliver(_, flowId, input) {
          authorize();
          workflow.start(input, flowId);
        },
      };
    },
    /** Lets go of what still runs. */
    close() {
      for (const workflow of list) workflow.close();
    },
  };
}
