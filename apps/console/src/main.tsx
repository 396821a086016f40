import type { SystemMap } from '@orders/local-aws';
import { render } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { advance, type ClockState, follow, readClock, readMap, setPartner } from './api.ts';
import { DrawerView } from './drawer-view.tsx';
import { LettersView } from './letters-view.tsx';
import { MapView } from './map-view.tsx';
import { Model, type Span } from './model.ts';
import { OrdersView } from './orders-view.tsx';
import { SendView } from './send-view.tsx';
import { TimelineView } from './timeline-view.tsx';

type Stack = SystemMap & { stages: string[] };

/** How the partner may behave, for the buttons. */
const partnerBehaviours = [
  { name: 'up', behaviour: { status: 200, delayMs: 0 } },
  { name: 'down', behaviour: { status: 503, delayMs: 0 } },
  // EventBridge waits five seconds for an answer.
  { name: 'slow', behaviour: { status: 200, delayMs: 6_000 } },
] as const;

function Page() {
  const model = useRef(new Model());
  const [version, setVersion] = useState(0);
  const [isConnected, setConnected] = useState(false);
  const [map, setMap] = useState<Stack>();
  const [clock, setClock] = useState<ClockState>();
  const [selected, setSelected] = useState<string>();
  const [span, setSpan] = useState<Span>();
  const [rule, setRule] = useState<string>();
  const [problem, setProblem] = useState('');
  /** How the page made the partner behave last; undefined when it didn't. */
  const [partner, setPartnerName] = useState<string>();
  /** When the clock was read, by the clock of the browser. */
  const readAt = useRef(Date.now());
  const noteClock = (read: ClockState) => {
    readAt.current = Date.now();
    setClock(read);
  };

  useEffect(() => {
    let isDrawn = true;
    const draw = () => {
      if (!isDrawn) return;
      isDrawn = false;
      requestAnimationFrame(() => {
        isDrawn = true;
        setVersion((before) => before + 1);
      });
    };
    const read = () => {
      readMap().then(
        (read) => setMap(read as Stack),
        (error: Error) => setProblem(error.message),
      );
      readClock().then(noteClock, () => {});
    };
    follow({
      onRun() {
        model.current = new Model();
        setSelected(undefined);
        setSpan(undefined);
        read();
        draw();
      },
      onEntries(entries) {
        model.current.apply(entries);
        if (entries.some(({ type }) => type === 'waiting')) readClock().then(noteClock, () => {});
        draw();
      },
      onConnection: setConnected,
    });
    read();
    // What shines on the map fades.
    const fading = setInterval(draw, 1_000);
    return () => clearInterval(fading);
  }, []);

  const subject = selected === undefined ? undefined : model.current.subject(selected);
  const skip = async (ms: number) => {
    try {
      await advance(ms);
      noteClock(await readClock());
    } catch (error) {
      setProblem((error as Error).message);
    }
  };
  const now = clock ? Date.parse(clock.now) + (Date.now() - readAt.current) : Date.now();
  const [next] = clock?.scheduled ?? [];
  const deadLetterQueues = (map?.edges ?? [])
    .filter(({ kind, from }) => kind === 'deadLetter' && from.startsWith('rule '))
    .map(({ to }) => to.replace(/^queue /, ''));
  return (
    <>
      <header class="bar">
        <h1>Orders, on this machine</h1>
        <span class={`connection ${isConnected ? 'on' : 'off'}`} role="status">
          {isConnected ? 'live' : 'not connected; trying again'}
        </span>
        <fieldset>
          <legend>The partner is</legend>
          {partnerBehaviours.map(({ name, behaviour }) => (
            <button
              key={name}
              type="button"
              aria-pressed={partner === name}
              onClick={() =>
                setPartner(behaviour).then(
                  () => setPartnerName(name),
                  (error: Error) => setProblem(error.message),
                )
              }
            >
              {name}
            </button>
          ))}
        </fieldset>
        <span class="clock">
          {new Date(now).toLocaleTimeString()}
          {next && (
            <button
              type="button"
              onClick={() => skip(Math.max(1, Date.parse(next.at) - now))}
              title={next.what}
            >
              Skip to what is next
            </button>
          )}
        </span>
      </header>
      {problem !== '' && (
        <p class="error" role="alert">
          {problem}
        </p>
      )}
      <main>
        {map && <MapView map={map} model={model.current} subject={subject} onRule={setRule} />}
        <div class="columns">
          <OrdersView
            model={model.current}
            version={version}
            selected={selected}
            onSelect={(id) => {
              setSelected(id === selected ? undefined : id);
              setSpan(undefined);
              setRule(undefined);
            }}
          />
          {subject ? (
            <TimelineView subject={subject} now={now} selected={span?.id} onSelect={setSpan} onSkip={skip} />
          ) : (
            <div class="side">
              {map && (
                <SendView
                  buses={map.nodes.filter(({ kind }) => kind === 'bus').map(({ name }) => name)}
                  stages={map.stages}
                />
              )}
              <LettersView deadLetterQueues={deadLetterQueues} version={Math.floor(version / 10)} />
            </div>
          )}
          {subject && (span || rule !== undefined) && (
            <DrawerView
              span={span}
              subject={subject}
              rule={rule}
              onClose={() => {
                setSpan(undefined);
                setRule(undefined);
              }}
            />
          )}
        </div>
      </main>
    </>
  );
}

const page = document.getElementById('page');
if (page) {
  page.textContent = '';
  render(<Page />, page);
}
