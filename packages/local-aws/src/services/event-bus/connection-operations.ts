import { AwsError } from '../../aws-error.ts';
import { type Operation, operation } from '../../operation.ts';
import { type Plan, text } from '../../plan/read-plan.ts';

/** The operation that tells of a connection. It always has its key here, so it is authorized. */
export function connectionOperations(plan: Plan): Record<string, Operation> {
  const connections = plan.resources('aws_cloudwatch_event_connection');
  return {
    DescribeConnection: operation({ Name: { type: 'text', required: true } }, ({ Name }, { authorize }) => {
      const connection = connections.find((each) => text(each, 'name') === Name);
      if (!connection) {
        const known = connections.map((each) => text(each, 'name')).join(', ') || 'none';
        throw new AwsError(
          'ResourceNotFoundException',
          `Connection ${Name} does not exist. The stack has ${known}.`,
        );
      }
      const arn = text(connection, 'arn');
      authorize(arn);
      return {
        Name,
        ConnectionArn: arn,
        ConnectionState: 'AUTHORIZED',
        AuthorizationType: text(connection, 'authorization_type'),
      };
    }),
  };
}
