import type { IncomingHttpHeaders } from 'node:http';
import type { Caller, Dispatch } from './aws.ts';
import type { Iam } from './iam.ts';
import type { Trace } from './trace.ts';

/** The invocation that a trace header names as its parent, if any. */
export const invocationOf = (traceHeader: string | undefined): string | undefined =>
  /(?:^|;)\s*Parent=([^;]+)/.exec(traceHeader ?? '')?.[1];

/** What every wire protocol answers by. */
export interface Door {
  dispatch: Dispatch;
  iam: Iam;
  trace: Trace;
}

/** Who sent a request: by the access key that signed it, and the trace header that came with it. */
export function callerOf(headers: IncomingHttpHeaders, iam: Iam, trace: Trace): Caller {
  const accessKeyId = /Credential=([^/]+)\//.exec(headers.authorization ?? '')?.[1] ?? '';
  const traceHeader = headers['x-amzn-trace-id']?.toString();
  return {
    roleArn: iam.roleOfAccessKey(accessKeyId),
    flowId: trace.flowOf(traceHeader),
    invocationId: invocationOf(traceHeader),
  };
}

/** The service that a request is signed for: `sts`. */
export const signedFor = ({ headers }: { headers: IncomingHttpHeaders }): string | undefined =>
  /^AWS4-HMAC-SHA256 Credential=[^/,]+\/\d+\/[^/]+\/([^/]+)\/aws4_request/.exec(
    headers.authorization ?? '',
  )?.[1];
