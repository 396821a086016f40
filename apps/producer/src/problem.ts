import { STATUS_CODES } from 'node:http';
import type { Issue } from '@orders/events';
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

/** A field of the request that is wrong: its name, what was received, what is allowed. */
export interface FieldError {
  field: string;
  received: string;
  allowed: string;
}

/** Turns an issue's path, from the order's root, into the name of the request's field. */
export const fieldError = ({ path, received, allowed }: Issue): FieldError => ({
  field: path.slice(1),
  received,
  allowed,
});

interface ProblemOptions extends ErrorOptions {
  headers?: Record<string, string>;
  errors?: readonly FieldError[];
  /** The order that it is about, for the log; the client isn't told. */
  orderId?: string;
}

/** A request that can't be served, as RFC 9457 problem details. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;
  readonly orderId: string | undefined;
  readonly #headers: Record<string, string>;
  readonly #errors: readonly FieldError[] | undefined;

  constructor(status: number, detail: string, { headers = {}, errors, orderId, cause }: ProblemOptions = {}) {
    super(detail, { cause });
    this.status = status;
    this.orderId = orderId;
    this.#headers = headers;
    this.#errors = errors;
  }

  toJSON() {
    return {
      type: 'about:blank',
      title: STATUS_CODES[this.status],
      status: this.status,
      detail: this.message,
      ...(this.#errors && { errors: this.#errors }),
    };
  }

  toResponse(): APIGatewayProxyStructuredResultV2 {
    return {
      statusCode: this.status,
      headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...this.#headers },
      body: JSON.stringify(this),
    };
  }
}
