import {
  type DetailType,
  detailTypes,
  InvalidEventError,
  type Issue,
  parseDetail,
  source,
} from '@orders/events';
import { fixtures } from '@orders/events/testing';
import { useState } from 'preact/hooks';
import { placeOrder, putEvent } from './api.ts';

interface Props {
  /** The buses that the stack has. */
  buses: readonly string[];
  /** The addresses of the stages of the HTTP API. */
  stages: readonly string[];
}

const pretty = (value: unknown) => JSON.stringify(value, null, 2);
const firstOf = (detailType: DetailType): unknown => Object.values(fixtures[detailType].valid)[0] ?? {};

/** Sends an event of the contract, which checks it while it is written. */
export function SendView({ buses, stages }: Props) {
  const types = Object.values(detailTypes);
  const [detailType, setDetailType] = useState<DetailType>('Order Placed');
  const [text, setText] = useState(pretty(firstOf('Order Placed')));
  const [answer, setAnswer] = useState<{ isError: boolean; text: string }>();
  const { detail, issues } = check(detailType, text);
  const examples = Object.entries({
    valid: fixtures[detailType].valid as Record<string, unknown>,
    'breaks the contract': fixtures[detailType].invalid,
  });

  const choose = (type: DetailType) => {
    setDetailType(type);
    setText(pretty(firstOf(type)));
    setAnswer(undefined);
  };
  const send = async (how: () => Promise<string>) => {
    try {
      setAnswer({ isError: false, text: await how() });
    } catch (error) {
      setAnswer({ isError: true, text: (error as Error).message });
    }
  };
  const [bus = ''] = buses;
  const [stage = ''] = stages;
  const isPlaced = detailType === detailTypes.orderPlaced;
  return (
    <section class="send" aria-label="Send an event">
      <h2>Send</h2>
      <div class="choices">
        <label>
          Event
          <select
            value={detailType}
            onChange={({ currentTarget }) => choose(currentTarget.value as DetailType)}
          >
            {types.map((type) => (
              <option key={type}>{type}</option>
            ))}
          </select>
        </label>
        <label>
          Example
          <select
            value=""
            onChange={({ currentTarget }) => {
              const [group = '', name = ''] = currentTarget.value.split('\n');
              const chosen = examples.find(([known]) => known === group)?.[1][name];
              if (chosen !== undefined) setText(pretty(chosen));
            }}
          >
            <option value="">choose …</option>
            {examples.map(([group, byName]) => (
              <optgroup key={group} label={group}>
                {Object.keys(byName).map((name) => (
                  <option key={name} value={`${group}\n${name}`}>
                    {name}
                  </option>
                ))}
              </optgroup>
            ))}
          </select>
        </label>
      </div>
      <label>
        Detail
        <textarea
          rows={9}
          spellcheck={false}
          value={text}
          aria-invalid={issues.length > 0}
          aria-describedby="send-issues"
          onInput={({ currentTarget }) => setText(currentTarget.value)}
        />
      </label>
      <ul id="send-issues" class="issues">
        {issues.map(({ path, received, allowed }) => (
          <li key={path}>
            <code>{path || 'the whole'}</code>: received {received}, allowed is {allowed}
          </li>
        ))}
      </ul>
      <div class="choices">
        <button
          type="button"
          disabled={issues.length > 0}
          onClick={() =>
            send(async () => `on the bus as event ${await putEvent(bus, source, detailType, detail)}`)
          }
        >
          Put it on the bus {bus}
        </button>
        {isPlaced && (
          <button
            type="button"
            disabled={issues.length > 0}
            onClick={() =>
              send(async () => {
                const { orderId: _, ...order } = detail as Record<string, unknown>;
                return `accepted as order ${(await placeOrder(stage, order)).orderId}`;
              })
            }
          >
            Place it by the HTTP API
          </button>
        )}
      </div>
      {answer && (
        <p class={answer.isError ? 'error' : 'answer'} role="status">
          {answer.text}
        </p>
      )}
    </section>
  );
}

/** What the contract says of a detail: its value, or what is wrong with it. */
function check(detailType: DetailType, text: string): { detail: object; issues: readonly Issue[] } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return {
      detail: {},
      issues: [{ path: '', received: (error as Error).message, allowed: 'a JSON object' }],
    };
  }
  try {
    return { detail: parseDetail(detailType, value), issues: [] };
  } catch (error) {
    if (error instanceof InvalidEventError) return { detail: {}, issues: error.issues };
    throw error;
  }
}
