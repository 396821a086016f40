/** A kind of answer, besides what every answer has. */
export interface AnswerType {
  status: number;
  /** When it is given, in a sentence. */
  when: string;
  /** The headers that it has besides `Content-Type` and `Cache-Control`. */
  headers?: readonly string[];
}

/**
 * What clients may ask of a function by one method and path, and what it answers. It is said here once, for the handler
 * and for docs/openapi.yaml.
 */
export interface Operation {
  /** A name for clients that are generated: `placeOrder`. */
  id: string;
  summary: string;
  success: AnswerType;
  /** Answers of problem details. */
  problems: readonly AnswerType[];
}
