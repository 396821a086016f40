import type { Parser } from './parser.ts';

/** A Lambda handler. It takes a context if the function inside it does. */
export type Handler<Context, Result> = (
  event: unknown,
  ...context: unknown extends Context ? [context?: Context] : [context: Context]
) => Promise<Result>;

export const createHandler =
  <Event, Context, Result>(
    parse: Parser<Event>,
    handle: (event: Event, context: Context) => Promise<Result>,
  ): Handler<Context, Result> =>
  async (event, context?) =>
    handle(parse(event), context as Context);
