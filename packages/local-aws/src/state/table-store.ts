/// <reference path="./dynalite.d.ts" />
import { EventEmitter } from 'node:events';
import type { IncomingHttpHeaders } from 'node:http';
import dynalite from 'dynalite';
import type { HttpResponse } from '../http.ts';

/** DynamoDB's protocol, without a connection. */
export interface TableStore {
  /** Answers a request as it came, its body whole. */
  send(request: { headers: IncomingHttpHeaders; body: Buffer }): Promise<HttpResponse>;
  /** Answers a request of our own. */
  call(operation: string, input: object): Promise<HttpResponse>;
  close(): Promise<void>;
}

/** Tables in memory, by dynalite. On disk it ends the process for what its storage reports late. */
export function createTableStore(): TableStore {
  let server: ReturnType<typeof dynalite> | undefined;
  const start = () => dynalite({ createTableMs: 0, updateTableMs: 0, deleteTableMs: 0 });

  /** Hands dynalite a request without a connection: it ends the process when one breaks off (dynalite #183). */
  const send: TableStore['send'] = ({ headers, body }) =>
    new Promise((resolve) => {
      const response = new FakeResponse((status, answered, answer) =>
        resolve({ status, headers: answered, body: answer }),
      );
      const stream = Object.assign(new EventEmitter(), { method: 'POST', url: '/', headers });
      server ??= start();
      server.emit('request', stream, response);
      stream.emit('data', body);
      // It reads the body in here. What it can't read is thrown to us, and not out of the process.
      stream.emit('end');
    });

  return {
    send,
    call: (operation, input) =>
      send({
        headers: signedHeaders(`DynamoDB_20120810.${operation}`),
        body: Buffer.from(JSON.stringify(input)),
      }),
    close: () => new Promise((resolve) => (server ? server.close(() => resolve()) : resolve())),
  };
}

/**
 * The headers of a request of our own, signed as far as dynalite looks.
 *
 * @param target service and operation, `DynamoDB_20120810.PutItem`
 */
export const signedHeaders = (target: string): IncomingHttpHeaders => ({
  'content-type': 'application/x-amz-json-1.0',
  'x-amz-target': target,
  'x-amz-date': '20260101T000000Z',
  authorization: `AWS4-HMAC-SHA256 Credential=local/20260101/local/dynamodb/aws4_request, SignedHeaders=host, Signature=local`,
});

/** The part of an HTTP response that dynalite writes to. */
class FakeResponse {
  statusCode = 200;
  contentType = '';
  readonly #headers: Record<string, string> = {};
  readonly #end: (status: number, headers: Record<string, string>, body: Buffer) => void;

  constructor(end: (status: number, headers: Record<string, string>, body: Buffer) => void) {
    this.#end = end;
  }

  setHeader(name: string, value: string | number): void {
    this.#headers[name.toLowerCase()] = String(value);
  }

  end(body: string | Buffer = ''): void {
    this.#end(this.statusCode, this.#headers, Buffer.from(body));
  }
}
