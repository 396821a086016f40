import type { CallPattern } from '@orders/states-language';
import type { JsonObject } from '../../json.ts';
import type { Parameters } from '../../operation.ts';
import type { Shape } from './result-shape.ts';
import type { Form, ServiceErrors } from './service-errors.ts';

/** The execution on whose behalf a Task state calls something. */
export interface TaskCaller {
  executionArn: string;
  stateMachineArn: string;
  roleArn: string;
  flowId: string;
}

/** What a Task state can call. */
export interface Integration {
  /** The operation that it calls, as `x-amz-target` has it. */
  readonly target: string;
  /** What the Task's parameters may be. Objects and lists are sent as JSON where the operation takes text. */
  readonly parameters: Parameters;
  readonly patterns: readonly CallPattern[];
  readonly errors: ServiceErrors;
  /** A result of the first form has the SDK's metadata. */
  readonly form: Form;
  /** What a result may be. */
  readonly shape: Shape;
  /**
   * The operation's input, where it isn't the parameters.
   *
   * @throws {AwsError} for parameters that the service would refuse
   */
  readonly toInput?: (parameters: JsonObject, caller: TaskCaller) => JsonObject;
  /**
   * The Task's result, where it isn't the operation's answer.
   *
   * @throws {StatesError} for an answer that is a failure
   */
  readonly toResult?: (answer: JsonObject) => JsonObject;
}
