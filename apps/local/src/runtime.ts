import { createAwsProtocol } from './aws-protocol.ts';
import { createIam } from './iam.ts';
import { createLocalApi } from './local-api.ts';
import { readPlan } from './plan/read-plan.ts';
import { listen } from './server.ts';
import { apiDestinationTarget } from './services/api-destination.ts';
import { createEventBuses, type PutEventsResult } from './services/event-bus/event-bus.ts';
import { putEventsIntegration } from './services/event-bus/put-events-integration.ts';
import { createFunctions } from './services/function/functions.ts';
import { createHttpApis } from './services/http-api.ts';
import { createLogs, logGroupTarget } from './services/logs.ts';
import { createPartner } from './services/partner.ts';
import { createQueues } from './services/queue/queues.ts';
import { createTables } from './services/table.ts';
import { createWorkflows } from './services/workflow/workflows.ts';
import { Trace } from './trace.ts';

export interface SystemOptions {
  /** The folder with the synthesized stack, `infra/cdktf.out`. */
  outDir: string;
  /** The port on loopback; 0 for any that is free. */
  port: number;
  /** Told of every failure that no request reports. */
  onFailure: (message: string) => void;
}

/** The order system, running in this process. */
export interface System {
  /** `http://127.0.0.1:<port>`, for AWS_ENDPOINT_URL. */
  endpoint: string;
  /** The HTTP API's address, with its stage. */
  apiUrl: string;
  /** The AWS region that the stack is said to be in. */
  region: string;
  trace: Trace;
  close(): Promise<void>;
}

/** Starts what the stack describes, in the order in which one thing needs another. */
export async function startSystem({ outDir, port, onFailure }: SystemOptions): Promise<System> {
  const server = await listen(port, (error) =>
    onFailure(error instanceof Error ? `${error.stack}` : String(error)),
  );
  const closing: (() => void | Promise<void>)[] = [() => server.close()];
  const close = async () => {
    for (const end of closing.splice(0).reverse()) await end();
  };

  try {
    const trace = new Trace();
    const partner = createPartner();
    const plan = readPlan(outDir, {
      endpoint: server.endpoint,
      variables: {
        us_partner_endpoint: `${server.endpoint}/_local/partner/orders`,
        us_partner_api_key: partner.apiKey,
        alarm_email: 'nobody@localhost',
      },
    });
    const iam = createIam(plan);

    const logs = createLogs(plan);
    const tables = await createTables(plan, trace);
    closing.push(() => tables.close());
    const queues = createQueues(plan, iam);
    closing.push(() => queues.close());
    const functions = createFunctions(plan, { iam, trace, logs, queues, onFailure });
    closing.push(() => functions.close());
    const workflows = createWorkflows(plan, {
      iam,
      trace,
      onFailure,
      integrations: {
        'events:putEvents': putEventsIntegration(
          (entries, roleArn, flowId): PutEventsResult =>
            buses.putEvents(
              entries,
              (busArn) => iam.authorizeRole(roleArn, 'events:PutEvents', busArn),
              flowId,
            ),
        ),
      },
    });
    closing.push(() => workflows.close());
    const buses = createEventBuses(plan, {
      trace,
      onFailure,
      findQueue: queues.forRule,
      targets: [
        functions.target,
        workflows.target,
        apiDestinationTarget(plan, iam),
        logGroupTarget(logs, iam),
        queues.target,
      ],
    });
    const api = createHttpApis(plan, { iam, trace, functions, logs, onFailure });

    server.serve({
      aws: createAwsProtocol({ iam, trace, buses, tables, functions, logs, queues, workflows }),
      api,
      local: createLocalApi(trace, partner),
    });
    return {
      endpoint: server.endpoint,
      apiUrl: `${server.endpoint}${api.paths[0] ?? ''}`,
      region: plan.place.region,
      trace,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
