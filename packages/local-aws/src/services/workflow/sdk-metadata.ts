import type { JsonObject } from '../../json.ts';

/**
 * What AWS adds to the result of an optimized integration: how its request was answered. Of the headers, there are only
 * these two: the others are of AWS's own transport.
 *
 * @param status the HTTP status
 * @param at when it was answered, in milliseconds since 1970
 */
export function sdkMetadata(status: number, requestId: string, at: number): JsonObject {
  const headers = { Date: new Date(at).toUTCString(), 'x-amzn-RequestId': requestId };
  return {
    SdkHttpMetadata: {
      AllHttpHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
      HttpHeaders: headers,
      HttpStatusCode: status,
    },
    SdkResponseMetadata: { RequestId: requestId },
  };
}
