import type { IncomingHttpHeaders } from 'node:http';
import { AwsError } from './aws-error.ts';
import type { HttpResponse } from './http.ts';
import { isObject, type JsonObject, type JsonValue } from './json.ts';

/** What a parameter's value is in JSON, by the name of its type. */
interface Types {
  text: string;
  texts: string[];
  /** A whole number. */
  integer: number;
  /** Seconds since 1970, as the JSON protocols send a time. */
  time: number;
  boolean: boolean;
  object: JsonObject;
  list: JsonValue[];
  /** Whatever it is: the operation reads it by itself. */
  any: JsonValue;
}

/** One parameter of an operation, as data. */
export interface Parameter {
  readonly type: keyof Types;
  readonly required?: true;
  /** Whether null is a value that was sent. */
  readonly nullable?: true;
  /** The smallest number. */
  readonly min?: number;
  /** The largest number. */
  readonly max?: number;
  /** The texts that are allowed. */
  readonly oneOf?: readonly string[];
  /** What each item of a list has, or an object. The operation reads them by {@link readParameters}. */
  readonly items?: Parameters;
}

export type Parameters = Readonly<Record<string, Parameter>>;

/** What an operation gets: its parameters, read. */
export type Input<P extends Parameters> = {
  [Name in keyof P as P[Name] extends { required: true } ? Name : never]: Types[P[Name]['type']];
} & {
  [Name in keyof P as P[Name] extends { required: true } ? never : Name]?: Types[P[Name]['type']] | undefined;
};

/** Who calls an operation, and how it came. */
export interface Call {
  /**
   * Does the caller have the permission for this operation?
   *
   * @param resource the ARN that the operation is about; `*` for an operation about none
   * @param action another permission of the service that the operation needs as well: `ReceiveMessage`
   * @throws {AccessDeniedError}
   */
  authorize(resource: string, action?: string): void;
  /** The role that the caller is in; undefined for a developer. */
  roleArn: string | undefined;
  /** The flow that the call belongs to, if any. */
  flowId: string | undefined;
  /** The request as it came, for a service that reads it by itself. */
  request: { headers: IncomingHttpHeaders; body: Buffer };
}

/** What an operation answers: the members of its JSON, or a whole response of the service's own. */
export type Output = object | WholeResponse;

export interface WholeResponse {
  response: HttpResponse;
}

export const isWholeResponse = (output: Output): output is WholeResponse => 'response' in output;

/** An operation of an AWS service. */
export interface Operation {
  readonly parameters: Parameters;
  /** What the operation is called in a policy, where it isn't its name: `InvokeFunction`. */
  readonly action?: string;
  readonly run: (input: JsonObject, call: Call) => Output | Promise<Output>;
}

/** What a service answers to parameters that it doesn't take. */
export interface ParameterErrors {
  missing(name: string): AwsError;
  /** @param allowed what the parameter may be, in words */
  invalid(name: string, value: JsonValue, allowed: string, parameter: Parameter): AwsError;
  /** For parameters that AWS may know and the local run doesn't. */
  unknown(names: readonly string[], known: readonly string[]): AwsError;
}

/** A service's operations, by name. */
export interface ServiceOperations {
  /** What `x-amz-target` begins with, before the dot: `AmazonSQS`. */
  readonly target: string;
  /** What the service's actions begin with in a policy: `sqs`. */
  readonly action: string;
  readonly errors: ParameterErrors;
  readonly operations: Readonly<Record<string, Operation>>;
}

/** Makes an operation from its parameters and what it does with them. */
export const operation = <const P extends Parameters>(
  parameters: P,
  run: (input: Input<P>, call: Call) => Output | Promise<Output>,
): Operation => ({ parameters, run: run as Operation['run'] });

/** The errors of a service that has one name for all of them: `ValidationException`. */
export const parameterErrors = (name: string): ParameterErrors => ({
  missing: (parameter) => new AwsError(name, `The request must contain the parameter ${parameter}.`),
  invalid: (parameter, value, allowed) =>
    new AwsError(name, `The parameter ${parameter} is ${shorten(value)}; allowed is ${allowed}.`),
  unknown: (parameters, known) =>
    new AwsError(
      name,
      `The local run doesn't know the parameter ${parameters.join(', ')}. It knows ${known.join(', ') || 'none'}.`,
    ),
});

/**
 * Reads an operation's parameters. A member that is null is one that wasn't sent, as the JSON protocols have it,
 * except for a parameter that may be null.
 *
 * @throws {AwsError} for a parameter that is missing, unknown, or not what the operation takes
 */
export function readParameters(
  received: JsonObject,
  parameters: Parameters,
  errors: ParameterErrors,
): JsonObject {
  const input = Object.fromEntries(
    Object.entries(received).filter(([name, value]) => value !== null || parameters[name]?.nullable),
  );
  const unknown = Object.keys(input).filter((name) => !Object.hasOwn(parameters, name));
  if (unknown.length > 0) throw errors.unknown(unknown, Object.keys(parameters));

  for (const [name, parameter] of Object.entries(parameters)) {
    const value = input[name];
    if (value === undefined || (value === '' && parameter.required)) {
      if (parameter.required) throw errors.missing(name);
    } else if (!fits(value, parameter))
      throw errors.invalid(name, value, describeParameter(parameter), parameter);
  }
  return input;
}

/** The last time that JavaScript knows. */
const maxTimeSeconds = 8.64e12;

function fits(value: JsonValue, { type, min = -Infinity, max = Infinity, oneOf }: Parameter): boolean {
  switch (type) {
    case 'text':
      return typeof value === 'string' && (oneOf?.includes(value) ?? true);
    case 'texts':
      return (
        Array.isArray(value) &&
        value.every((item) => typeof item === 'string' && (oneOf?.includes(item) ?? true))
      );
    case 'integer':
      return Number.isInteger(value) && Number(value) >= min && Number(value) <= max;
    case 'time':
      return typeof value === 'number' && Math.abs(value) <= maxTimeSeconds;
    case 'boolean':
      return typeof value === 'boolean';
    case 'object':
      return isObject(value);
    case 'list':
      return Array.isArray(value);
    case 'any':
      return true;
  }
}

const words: Readonly<Record<keyof Types, string>> = {
  text: 'text',
  texts: 'a list of texts',
  integer: 'a whole number',
  time: 'a number of seconds since 1970',
  boolean: 'true or false',
  object: 'an object',
  list: 'a list',
  any: 'anything',
};

/** What a parameter may be, in words. */
export function describeParameter({ type, min, max, oneOf }: Parameter): string {
  if (oneOf) return `${type === 'texts' ? 'a list of ' : ''}${oneOf.join(', ')}`;
  if (min !== undefined && max !== undefined) return `${words[type]} between ${min} and ${max}`;
  if (min !== undefined) return `${words[type]} from ${min}`;
  return words[type];
}

const shorten = (value: JsonValue) => {
  const json = JSON.stringify(value);
  return json.length > 100 ? `${json.slice(0, 100)}…` : json;
};
