import type { AnswerType, Operation } from '@orders/function';
import { problems } from '@orders/functions/producer/operations';

/** What API Gateway answers by itself, as a `Message`. */
const gatewayAnswers: readonly AnswerType[] = [
  { status: 413, when: 'The request has more than 10 MB.' },
  { status: 429, when: 'All clients together send more than the throttle of the stage allows.' },
  { status: 500, when: 'API Gateway could not run the function.' },
  { status: 503, when: 'The function took longer than API Gateway waits for it.' },
];
const unauthorized: AnswerType = {
  status: 401,
  when: 'The stage asks for a token, and the request has none, or one that is not valid.',
  headers: ['WWW-Authenticate'],
};

const headers: Readonly<Record<string, { description: string; schema: object }>> = {
  Allow: { description: 'The methods that the path takes.', schema: { type: 'string' } },
  'Cache-Control': { description: 'An answer is not for caches.', schema: { const: 'no-store' } },
  Location: {
    description: 'The path of the order, to follow it.',
    schema: { type: 'string', format: 'uri-reference' },
  },
  'Retry-After': {
    description: 'After how many seconds to send the request again.',
    schema: { type: 'string', pattern: '^[0-9]+$' },
  },
  'WWW-Authenticate': {
    description: 'Why the token is not taken.',
    schema: { type: 'string', pattern: '^Bearer' },
  },
};

/** The answers to all requests that no operation takes, and that to a request without a token, by name. */
export const sharedResponses = ({ asksForToken }: { asksForToken: boolean }) => ({
  ...(asksForToken && {
    // API Gateway sends it without a content type.
    Unauthorized: {
      description: unauthorized.when,
      headers: headersOf(unauthorized.headers, true),
      content: { '*/*': bodyOf('Message') },
    },
  }),
  NoRoute: responseOf(problems.noRoute),
  WrongMethod: responseOf(problems.wrongMethod),
});

/**
 * The answers to an operation, by status.
 */
export function responsesOf({ success, problems }: Operation, { asksForToken }: { asksForToken: boolean }) {
  const fromGateway = asksForToken ? [unauthorized, ...gatewayAnswers] : gatewayAnswers;
  const statuses = [...new Set([...problems, ...fromGateway].map(({ status }) => status))].sort();
  return {
    [success.status]: responseOf(success, { 'application/json': bodyOf(success.schema) }),
    ...Object.fromEntries(
      statuses.map((status) => {
        const find = (types: readonly AnswerType[]) => types.find((type) => type.status === status);
        return [status, eitherOf(find(problems), find(fromGateway))];
      }),
    ),
  };
}

/** The response of a status that a function answers, or API Gateway by itself, or either of them. */
function eitherOf(problem: AnswerType | undefined, ofGateway: AnswerType | undefined) {
  if (!ofGateway) return problem && responseOf(problem);
  if (ofGateway === unauthorized) return { $ref: '#/components/responses/Unauthorized' };
  const message = { 'application/json': bodyOf('Message') };
  const response = { headers: headersOf(ofGateway.headers, true), content: message };
  if (!problem) return { description: ofGateway.when, ...response };
  const ofFunction = responseOf(problem, undefined, false);
  return {
    description: `${problem.when} As a \`Message\`: ${ofGateway.when}`,
    headers: { ...ofFunction.headers, ...response.headers },
    content: { ...ofFunction.content, ...message },
  };
}

/** @param alone whether nobody but a function gives this answer, so that it always has its headers */
const responseOf = (
  { when, headers: more = [] }: AnswerType,
  content: Record<string, object> = { 'application/problem+json': bodyOf('Problem') },
  alone = true,
) => ({ description: when, headers: headersOf(['Cache-Control', ...more], alone), content });

const headersOf = (names: readonly string[] = [], required: boolean) =>
  Object.fromEntries(names.map((name) => [name, { ...headers[name], required }]));

/** A body of this schema. */
export const bodyOf = (schema: string) => ({ schema: { $ref: `#/components/schemas/${schema}` } });
