import { EventEmitter } from 'node:events';
import type { Server } from 'node:http';

/** A request of a client of the AWS SDK. */
interface Request {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: Uint8Array;
}

/**
 * What a client is made with whose calls dynalite answers at once, without a connection and without a signature, which it doesn't
 * check: half of the CPU of a call. An abort of a call has no effect.
 */
export const withoutConnection = (dynalite: Server) => ({
  signer: {
    async sign<Signed extends { headers: Record<string, string> }>(request: Signed): Promise<Signed> {
      request.headers['x-amz-date'] = '20260101T000000Z';
      request.headers.authorization = 'AWS4-HMAC-SHA256 Credential=local, SignedHeaders=host, Signature=none';
      return request;
    },
  },
  requestHandler: {
    handle: ({ method, path, headers, body }: Request) =>
      new Promise<{ response: object }>((resolve) => {
        const request = Object.assign(new EventEmitter(), { method, url: path, headers });
        const answered: Record<string, string> = {};
        const response = {
          statusCode: 200,
          setHeader(name: string, value: string | number) {
            answered[name.toLowerCase()] = String(value);
          },
          end(text: string) {
            const { statusCode } = response;
            resolve({ response: { statusCode, headers: answered, body: Buffer.from(text) } });
          },
        };
        dynalite.emit('request', request, response);
        request.emit('data', Buffer.from(body.buffer, body.byteOffset, body.byteLength));
        request.emit('end');
      }),
  },
});
