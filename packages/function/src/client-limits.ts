/**
 * The time limits of an AWS SDK client, for its constructor. An attempt ends after 1 s without a connection, 2 s
 * without the beginning of an answer, or 2 s without any further byte of it. The SDK makes up to 3 attempts.
 *
 * They let a second attempt succeed where the first one stalls. They don't bound the whole, which is the task of the
 * invocation's `abortSignal`: an answer that trickles never reaches them, and attempts add up.
 *
 * @example
 * const client = new EventBridgeClient(clientLimits);
 */
export const clientLimits = {
  requestHandler: {
    connectionTimeout: 1_000,
    requestTimeout: 2_000,
    socketTimeout: 2_000,
    throwOnRequestTimeout: true,
  },
};
