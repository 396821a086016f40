import type { Notice } from '@orders/local-aws';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { advance, type ClockState, follow, readClock, readMap, type Stack } from './api.ts';
import { messageOf } from './ask.ts';
import { Model } from './model.ts';

/** The shortest time between two drawings, in milliseconds: many orders a second are drawn together. */
const drawMs = 100;
/** How often a list that the page asks for is asked for again while things happen, in milliseconds. */
const slowMs = 1_000;

/** The running system, as far as the page knows it. */
export interface System {
  model: Model;
  /** Changes when the model does. */
  version: number;
  /** Changes with the model, and less often: for what is asked for, not told. */
  slowVersion: number;
  isConnected: boolean;
  map: Stack | undefined;
  clock: ClockState | undefined;
  /** The time of the local run, milliseconds since 1970. */
  now: number;
  /** Why the last thing that was asked for failed; empty if it didn't. */
  problem: string;
  /** What was swapped in last, or why nothing was. */
  notice: Notice | undefined;
  report(error: unknown): void;
  /** Moves the time ahead. */
  skip(ms: number): Promise<void>;
}

/** Follows the system. @param onRestart another run of it has begun, and the model is a new one */
export function useSystem(onRestart: () => void): System {
  const model = useRef(new Model());
  const [version, setVersion] = useState(0);
  const [isConnected, setConnected] = useState(false);
  const [map, setMap] = useState<Stack>();
  const [clock, setClock] = useState<ClockState>();
  const [problem, setProblem] = useState('');
  const [notice, setNotice] = useState<Notice>();
  const [slowVersion, setSlowVersion] = useState(0);
  /** When the clock was read, by the clock of the browser. */
  const readAt = useRef(Date.now());
  const report = (error: unknown) => setProblem(messageOf(error));
  const clockReader = useMemo(
    () =>
      throttle(() => {
        readClock().then((read) => {
          readAt.current = Date.now();
          setClock(read);
        }, report);
      }, slowMs),
    [],
  );

  useEffect(() => {
    const draw = throttle(() => setVersion((before) => before + 1), drawMs);
    const drawSlowly = throttle(() => setSlowVersion((before) => before + 1), slowMs);
    const read = () => {
      readMap().then(setMap, report);
      clockReader();
    };
    follow({
      onRun() {
        model.current = new Model();
        setProblem('');
        onRestart();
        read();
        draw();
      },
      onEntries(entries) {
        model.current.apply(entries);
        if (entries.some(({ type }) => type === 'waiting')) clockReader();
        draw();
        drawSlowly();
      },
      onNotice(told) {
        setNotice(told);
        if (told.kind === 'changed') read();
      },
      onConnection: setConnected,
    });
    read();
    // What shines on the map fades.
    const fading = setInterval(draw, 1_000);
    return () => clearInterval(fading);
  }, []);

  return {
    model: model.current,
    version,
    slowVersion,
    isConnected,
    map,
    clock,
    now: clock ? Date.parse(clock.now) + (Date.now() - readAt.current) : Date.now(),
    problem,
    notice,
    report,
    async skip(ms) {
      try {
        await advance(ms);
        clockReader();
      } catch (error) {
        report(error);
      }
    },
  };
}

/** Calls at once, and then at most once in so many milliseconds, however often it is asked to. */
function throttle(call: () => void, ms: number): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isAsked = false;
  const run = () => {
    isAsked = false;
    call();
    timer = setTimeout(() => {
      timer = undefined;
      if (isAsked) run();
    }, ms);
  };
  return () => {
    isAsked = true;
    if (timer === undefined) run();
  };
}
