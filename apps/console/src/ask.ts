/** What the local run answered with an error status, in its own words. */
export class AnswerError extends Error {
  override readonly name = 'AnswerError';
}

/** Asks the local run. @throws {AnswerError} */
export async function ask<T>(path: string, init?: RequestInit): Promise<T> {
  const response = await fetch(path, init);
  const text = await response.text();
  let answer: unknown = text;
  try {
    answer = JSON.parse(text);
  } catch {
    // It is text.
  }
  if (response.ok) return answer as T;
  const said = Object(answer) as { message?: string; Message?: string; detail?: string };
  const why = said.message ?? said.Message ?? said.detail ?? text.slice(0, 300);
  throw new AnswerError(`${response.status}: ${why}`);
}

export const post = <T>(path: string, body: object) =>
  ask<T>(path, { method: 'POST', body: JSON.stringify(body) });

/** Calls an AWS operation as an SDK would. The local run takes anybody on this machine for its developer. */
export const aws = <T>(target: string, input: object, headers: Readonly<Record<string, string>> = {}) =>
  ask<T>('/', {
    method: 'POST',
    headers: { 'x-amz-target': target, 'content-type': 'application/x-amz-json-1.1', ...headers },
    body: JSON.stringify(input),
  });

/** The sentence of anything that was thrown. */
export const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
