import { readFileSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A place in a source file; the first line is 0. */
export interface SourcePlace {
  source: string;
  line: number;
}

/** A debugger as an editor has it: it knows sources, and finds them by the source maps of the code that runs. */
export interface DebuggerSession {
  /** Sets a breakpoint in a source file, as soon as the code that was made of it is loaded. */
  breakAt(source: string, line: number): Promise<void>;
  /** Waits until the process stops, and says where. */
  paused(): Promise<SourcePlace>;
  /** The value of an expression, where the process stands. */
  evaluate(expression: string): Promise<unknown>;
  resume(): Promise<void>;
  close(): void;
}

interface Message {
  id?: number;
  method?: string;
  params?: Record<string, unknown>;
  result?: Record<string, unknown>;
  error?: { message: string };
}
interface CallFrame {
  callFrameId: string;
  location: { scriptId: string; lineNumber: number; columnNumber: number };
}

/** Attaches to a process by the Chrome DevTools Protocol. */
export async function openDebugger(url: string): Promise<DebuggerSession> {
  const socket = new WebSocket(url);
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve);
    socket.addEventListener('error', () => reject(new Error(`No debugger answers at ${url}`)));
  });
  let lastId = 0;
  const answers = new Map<number, PromiseWithResolvers<Record<string, unknown>>>();
  /** The scripts with a source map, by their ids. */
  const scripts = new Map<string, { url: string; map: SourceMap }>();
  let nextScript = Promise.withResolvers<void>();
  const stop = Promise.withResolvers<CallFrame>();
  socket.addEventListener('message', ({ data }) => {
    const { id, method, params = {}, result = {}, error } = JSON.parse(String(data)) as Message;
    if (method === 'Debugger.scriptParsed') noteScript(params);
    if (method === 'Debugger.paused') stop.resolve((params.callFrames as CallFrame[])[0] as CallFrame);
    const answer = answers.get(id ?? 0);
    if (error) answer?.reject(new Error(error.message));
    else answer?.resolve(result);
  });
  const call = (method: string, params: object = {}) => {
    lastId += 1;
    const answer = Promise.withResolvers<Record<string, unknown>>();
    answers.set(lastId, answer);
    socket.send(JSON.stringify({ id: lastId, method, params }));
    return answer.promise;
  };
  const noteScript = ({ scriptId, url: scriptUrl, sourceMapURL }: Record<string, unknown>) => {
    if (!String(scriptUrl).startsWith('file:') || !String(sourceMapURL).endsWith('.map')) return;
    const file = join(dirname(fileURLToPath(String(scriptUrl))), String(sourceMapURL));
    const map = new SourceMap(JSON.parse(readFileSync(file, 'utf8')) as SourceMapPayload);
    scripts.set(String(scriptId), { url: String(scriptUrl), map });
    nextScript.resolve();
    nextScript = Promise.withResolvers();
  };
  await call('Debugger.enable');

  return {
    async breakAt(source, line) {
      for (;;) {
        const { promise } = nextScript;
        for (const { url: scriptUrl, map } of scripts.values()) {
          const at = generatedPlace(map, source, line, fileURLToPath(scriptUrl));
          if (at === undefined) continue;
          await call('Debugger.setBreakpointByUrl', { url: scriptUrl, ...at });
          return;
        }
        await promise;
      }
    },
    async paused() {
      const { location } = await stop.promise;
      const { lineNumber, columnNumber, scriptId } = location;
      const map = scripts.get(scriptId)?.map;
      const place = map && sourcePlace(map, lineNumber, columnNumber);
      if (!place) throw new Error('It stands in code without a source');
      return place;
    },
    async evaluate(expression) {
      const { callFrameId } = await stop.promise;
      const { result } = await call('Debugger.evaluateOnCallFrame', { callFrameId, expression });
      return (result as { value?: unknown }).value;
    },
    async resume() {
      await call('Debugger.resume');
    },
    close: () => socket.close(),
  };
}

/** Where the code of a source line begins in a script. */
function generatedPlace(map: SourceMap, source: string, line: number, script: string) {
  const lines = readFileSync(script, 'utf8').split('\n');
  for (const [lineNumber, text] of lines.entries()) {
    const columnNumber = text.search(/\S/);
    const place = columnNumber < 0 ? undefined : sourcePlace(map, lineNumber, columnNumber);
    if (place?.source === source && place.line === line) return { lineNumber, columnNumber };
  }
  return undefined;
}

/** Where code comes from; undefined for code that was made by no source. */
function sourcePlace(map: SourceMap, lineNumber: number, columnNumber: number): SourcePlace | undefined {
  const { originalSource, originalLine } = map.findEntry(lineNumber, columnNumber) as {
    originalSource?: string;
    originalLine?: number;
  };
  if (originalSource === undefined || originalLine === undefined) return undefined;
  return { source: fileURLToPath(originalSource), line: originalLine };
}
