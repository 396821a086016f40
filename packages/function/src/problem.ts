import { STATUS_CODES } from 'node:http';
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { AnswerType } from './operation.ts';

/** A field of the request that is wrong. */
export interface FieldError {
  field: string;
  received: string;
  allowed: string;
}

interface ProblemOptions extends ErrorOptions {
  headers?: Record<string, string>;
  errors?: readonly FieldError[];
  /** The order that the problem is about. The log gets it, the client doesn't. */
  orderId?: string;
}

/** The answer to a request that can't be served, as RFC 9457 problem details. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;
  readonly orderId: string | undefined;
  readonly #headers: Record<string, string>;
  readonly #errors: readonly FieldError[] | undefined;

  constructor(
    { status }: AnswerType,
    detail: string,
    { headers = {}, errors, orderId, cause }: ProblemOptions = {},
  ) {
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
