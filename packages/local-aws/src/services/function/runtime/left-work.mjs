const { subscribe } = process.getBuiltinModule('node:diagnostics_channel');

/** @import { ClientRequest } from 'node:http' */

/**
 * Watches what an invocation begins and leaves: timers, and requests without an answer. A connection that is kept for
 * later isn't work.
 */
export function watchWork() {
  /** What each request that has no answer is, for people. @type {Map<{ destroyed?: boolean, aborted?: boolean }, string>} */
  const requests = new Map();
  /** Those of fetch. @type {Set<object>} */
  const fetches = new Set();
  let timersBefore = 0;

  /** @type {(channel: string, act: (message: any) => void) => void} */
  const on = (channel, act) => subscribe(channel, (message) => act(message));
  on('http.client.request.start', ({ request }) => requests.set(request, nameOf(request)));
  on('http.client.response.finish', ({ request }) => requests.delete(request));
  on('http.client.request.error', ({ request }) => requests.delete(request));
  // Requests of fetch.
  on('undici:request:create', ({ request }) => {
    requests.set(request, `${request.method} ${request.origin}`);
    fetches.add(request);
  });
  for (const end of ['undici:request:headers', 'undici:request:error']) {
    on(end, ({ request }) => {
      requests.delete(request);
      fetches.delete(request);
    });
  }

  return {
    /** An invocation begins. What was there before isn't its own. */
    begin() {
      timersBefore = countTimers();
      requests.clear();
      fetches.clear();
    },
    /** Whether it is known only a little later what is left: fetch gives a request up after it has said so. */
    get isUnsure() {
      return fetches.size > 0;
    },
    /** What it has left, for people: `a timer`, `the request AWSEvents.PutEvents`. */
    left() {
      const timers = countTimers() - timersBefore;
      // One that was given up is no work any more.
      const open = [...requests].filter(([{ destroyed, aborted }]) => !destroyed && !aborted);
      return [
        ...(timers === 1 ? ['a timer'] : []),
        ...(timers > 1 ? [`${timers} timers`] : []),
        ...open.map(([, name]) => `the request ${name}`),
      ];
    },
  };
}

/** Timers that keep the process going. */
const countTimers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;

/**
 * What a request is about: the operation of AWS, or the host.
 *
 * @param {ClientRequest} request
 */
const nameOf = (request) =>
  request.getHeader('x-amz-target')?.toString() ?? `${request.method} ${request.host}`;
