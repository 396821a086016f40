import type { ServerResponse } from 'node:http';

/** Sends a byte again and again, until the client has enough of it. */
function trickle(outgoing: ServerResponse, write: () => void): void {
  const timer = setInterval(write, 50);
  outgoing.on('close', () => clearInterval(timer));
}

const answerNever = {
  'stalls in the headers': () => {},
  'trickles in the headers': (outgoing: ServerResponse) => {
    outgoing.socket?.write('HTTP/1.1 200 OK\r\nx-endless: ');
    trickle(outgoing, () => outgoing.socket?.write('x'));
  },
  'stalls in the body': (outgoing: ServerResponse) => {
    outgoing.writeHead(200, { 'content-length': 100 }).write('{');
  },
  'trickles in the body': (outgoing: ServerResponse) => {
    outgoing.writeHead(200);
    trickle(outgoing, () => outgoing.write(' '));
  },
} satisfies Record<string, (outgoing: ServerResponse) => void>;

/** How an answer begins or doesn't begin, and never ends. */
export type Stall = keyof typeof answerNever;

/** Every stall. */
export const stalls = Object.keys(answerNever) as Stall[];

/** Gives a request an answer that never ends. */
export const stall = (kind: Stall, outgoing: ServerResponse): void => answerNever[kind](outgoing);
