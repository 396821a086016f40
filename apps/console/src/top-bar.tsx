import { useState } from 'preact/hooks';
import { setPartner } from './api.ts';
import type { System } from './use-system.ts';

/** How the partner may behave, for the buttons. */
const partnerBehaviours = [
  { name: 'up', behaviour: { status: 200, delayMs: 0 } },
  { name: 'down', behaviour: { status: 503, delayMs: 0 } },
  // EventBridge waits five seconds for an answer.
  { name: 'slow', behaviour: { status: 200, delayMs: 6_000 } },
] as const;

/** Whether the system is there, how its partner behaves, and its clock. */
export function TopBar({ system }: { system: System }) {
  const { isConnected, clock, now, skip, report } = system;
  /** How the page made the partner behave last; undefined when it didn't. */
  const [partner, setPartnerName] = useState<string>();
  const [next] = clock?.scheduled ?? [];
  return (
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
            onClick={() => setPartner(behaviour).then(() => setPartnerName(name), report)}
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
  );
}
