/** How a Task calls a service: and goes on, waits until its job is done, or waits for `SendTaskSuccess`. */
export type CallPattern = 'requestResponse' | 'sync' | 'waitForTaskToken';

/** What a Task state calls. */
export type TaskResource =
  /** A Lambda function by its ARN. */
  | { readonly kind: 'function'; readonly arn: string }
  /** `arn:aws:states:::lambda:invoke.waitForTaskToken`: service `lambda`, action `invoke`. */
  | {
      readonly kind: 'optimized';
      readonly arn: string;
      readonly service: string;
      readonly action: string;
      readonly pattern: CallPattern;
      /** `.sync:2`: the job's output is JSON, not text. */
      readonly version?: 2;
    }
  /** `arn:aws:states:::aws-sdk:dynamodb:query`. */
  | {
      readonly kind: 'sdk';
      readonly arn: string;
      readonly service: string;
      readonly action: string;
      readonly pattern: CallPattern;
    };

const integration =
  /^arn:aws[a-z-]*:states:[a-z0-9-]*:\d*:(aws-sdk:)?([a-zA-Z0-9-]+):([a-zA-Z0-9]+)(?:\.(sync|sync:2|waitForTaskToken))?$/;
const lambda = /^arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:[A-Za-z0-9_-]+(?::[A-Za-z0-9_$-]+)?$/;
const activity = /^arn:aws[a-z-]*:states:[a-z0-9-]+:\d{12}:activity:.+$/;

/**
 * Reads the `Resource` of a Task state.
 *
 * @throws {Error} for what isn't one, and for activities, which aren't known here
 */
export function parseTaskResource(arn: string): TaskResource {
  if (lambda.test(arn)) return { kind: 'function', arn };
  if (activity.test(arn)) throw new Error(`The activity ${arn} isn't known here`);
  const [, sdk, service, action, suffix] = integration.exec(arn) ?? [];
  if (service === undefined || action === undefined) {
    throw new Error(
      `The resource provided ${arn} is not recognized. Allowed are arn:aws:states:::<service>:<action>, ` +
        'arn:aws:states:::aws-sdk:<service>:<action>, each with .sync or .waitForTaskToken, and the ARN of a ' +
        'Lambda function',
    );
  }
  const pattern = suffix === undefined ? 'requestResponse' : suffix === 'waitForTaskToken' ? suffix : 'sync';
  if (sdk !== undefined) {
    if (pattern === 'sync') throw new Error(`${arn}: a call of the SDK has no .sync`);
    return { kind: 'sdk', arn, service, action, pattern };
  }
  return { kind: 'optimized', arn, service, action, pattern, ...(suffix === 'sync:2' && { version: 2 }) };
}
