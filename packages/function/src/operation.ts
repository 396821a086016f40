/** A kind of answer, besides what every answer has. */
export interface AnswerType {
  status: number;
  /** When it is given, in a sentence. */
  when: string;
  /** The headers that it has besides `Content-Type` and `Cache-Control`. */
  headers?: readonly string[];
}

/** A header that a request may have. */
export interface HeaderType {
  name: string;
  meaning: string;
  form: RegExp;
}

/** What a request has, besides the parts of its path. */
export interface RequestType {
  in: 'query' | 'body';
  /** The name of its schema in docs/openapi.yaml. */
  schema: string;
  headers?: readonly HeaderType[];
}

/**
 * What clients may ask of a function by one method and path, and what it answers. It is said here once, for the handler
 * and for docs/openapi.yaml.
 */
export interface Operation {
  /** A name for clients that are generated: `placeOrder`. */
  id: string;
  summary: string;
  /** What the request has; nothing if it is missing. */
  request?: RequestType;
  /** The answer to a request that is served, and the name of the schema of its body in docs/openapi.yaml. */
  success: AnswerType & { schema: string };
  /** Answers of problem details. */
  problems: readonly AnswerType[];
}
