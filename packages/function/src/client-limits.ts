/**
 * The time limits of an AWS SDK client, for its constructor: an attempt ends 1 s after it found no connection, or
 * 2 s after the request was sent and no answer began. The SDK makes up to 3 attempts.
 *
 * @example
 * const client = new EventBridgeClient(clientLimits);
 */
export const clientLimits = {
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
};
