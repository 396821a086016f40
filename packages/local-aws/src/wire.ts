import { createDispatch, type Dispatch } from './aws.ts';
import { createAwsProtocol } from './aws-protocol.ts';
import { createCallAws } from './call-aws.ts';
import { causedDispatch } from './causes.ts';
import { createCborProtocol } from './cbor-protocol.ts';
import type { Context, Host, Service } from './context.ts';
import { faultyDispatch } from './faults/faulty-dispatch.ts';
import { createFunctionCrashes } from './faults/function-crashes.ts';
import type { HttpHandler } from './http.ts';
import { createIam } from './iam.ts';
import type { LocalRoutes } from './local-api.ts';
import type { ServiceOperations } from './operation.ts';
import type { Plan } from './plan/read-plan.ts';
import { createApiDestinations } from './services/api-destination/api-destinations.ts';
import { createEventBuses } from './services/event-bus/event-bus.ts';
import { createFunctions } from './services/function/functions.ts';
import { createLambdaApi } from './services/function/lambda-api.ts';
import { createHttpApis } from './services/http-api/http-apis.ts';
import { createIdentity } from './services/identity.ts';
import { createLogs } from './services/logs/logs.ts';
import { createMetrics } from './services/metrics/metrics.ts';
import { createQueues } from './services/queue/queues.ts';
import { createServiceQuotas } from './services/service-quotas.ts';
import { createTables } from './services/table/tables.ts';
import { createTraces } from './services/traces/traces.ts';
import { createXrayApi } from './services/traces/xray-api.ts';
import { createWorkflows } from './services/workflow/workflows.ts';
import { createXmlProtocols } from './xml-protocols.ts';

/** The services of a plan, wired to each other. */
export interface Wiring {
  /** Answers AWS SDKs. */
  aws: readonly HttpHandler[];
  /** Answers the clients of the HTTP APIs. */
  apis: HttpHandler;
  /** The addresses of the HTTP APIs' stages, `/dev`. */
  paths: readonly string[];
  /** What AWS SDKs can call. */
  operations: readonly ServiceOperations[];
  /** What people can ask the services, below `/_local`. */
  routes: LocalRoutes;
  /** Runs functions from the code that another plan has for them, which is the same otherwise. */
  updateCode(after: Plan): void;
  /** Starts no more work. What is under way goes on, and what comes is kept for another wiring. */
  pause(): void;
  /** Ends the services, the last one first. What is in the state stays. */
  close(): Promise<void>;
}

/** Wires what the plan describes around what the state has, in the order in which one service needs another. */
export async function wire(plan: Plan, host: Host): Promise<Wiring> {
  const iam = createIam(plan, host.ids);
  // Services call each other through the door that AWS SDKs use. It opens below, when all of them are there.
  const opened = Promise.withResolvers<Dispatch>();
  const crashes = createFunctionCrashes(host.faults);
  const context: Context = { ...host, iam, crashes, callAws: createCallAws(opened.promise) };
  const services: Service[] = [];
  const add = <S extends Service>(service: S): S => {
    services.push(service);
    return service;
  };
  const close = async () => {
    for (const service of services.splice(0).reverse()) await service.close?.();
  };

  try {
    add(createIdentity(plan));
    add(createMetrics(plan, context));
    add(createServiceQuotas(plan, context));
    add(createTraces(plan, context));
    const logs = add(createLogs(plan, context));
    add(await createTables(plan, context));
    const queues = add(createQueues(plan, context));
    const functions = add(createFunctions(plan, context, { logs, queues }));
    add(createWorkflows(plan, context));
    add(createApiDestinations(plan, context));
    const targets = services.flatMap(({ target }) => target ?? []);
    add(createEventBuses(plan, context, { targets, findQueue: queues.forRule }));
    const apis = add(createHttpApis(plan, context, { functions, logs }));

    const operations = services.flatMap((service) => service.operations ?? []);
    const faulty = faultyDispatch(createDispatch(operations, iam), host.faults, crashes);
    const dispatch = causedDispatch(faulty, host.trace.causes);
    opened.resolve(dispatch);
    const door = { dispatch, iam, trace: host.trace };
    return {
      aws: [
        createAwsProtocol(door),
        createCborProtocol(door),
        createXmlProtocols(door, operations),
        createLambdaApi(door),
        createXrayApi(door),
      ],
      apis: apis.handle,
      paths: apis.paths,
      operations,
      routes: Object.assign({}, ...services.map(({ routes }) => routes)),
      updateCode: functions.updateCode,
      pause() {
        for (const service of services) service.pause?.();
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
