import { type DetailType, detailTypes, source } from '@orders/events';
import { fixtures } from '@orders/events/testing';
import { useMemo, useState } from 'preact/hooks';
import { placeOrder, putEvent } from './api.ts';
import { messageOf } from './ask.ts';
import { check, type EventSchema, fieldsOf, pointerOf } from './contract.ts';
import { EventForm } from './event-form.tsx';

/** The schemas of the contract. The build puts them here. */
declare const eventSchemas: readonly EventSchema[];

/** An event that is sent again. */
export interface Draft {
  detailType: DetailType;
  detail: object;
  /** The order that it is of. */
  of: string;
}

/** What was sent: an order by its id, or an event by its own. */
export type Sent = { subject: string } | { eventId: string };

interface Props {
  /** The buses that the stack has. */
  buses: readonly string[];
  /** The addresses of the stages of the HTTP API. */
  stages: readonly string[];
  /** What the form begins with. */
  draft: Draft | undefined;
  onSent(sent: Sent): void;
}

const pretty = (value: unknown) => JSON.stringify(value, null, 2);
const firstOf = (detailType: DetailType): unknown => Object.values(fixtures[detailType].valid)[0] ?? {};

/** Whether the contract has a detail-type. */
export const isKnownType = (text: string): text is DetailType =>
  Object.values(detailTypes).some((type) => type === text);

/** Sends an event of the contract, which checks it while it is written. */
export function SendView({ buses, stages, draft, onSent }: Props) {
  const [detailType, setDetailType] = useState<DetailType>(draft?.detailType ?? detailTypes.orderPlaced);
  const [text, setText] = useState(pretty(draft?.detail ?? firstOf(detailType)));
  const [answer, setAnswer] = useState<{ isError: boolean; text: string }>();
  const fields = useMemo(
    () =>
      eventSchemas
        .filter((schema) => schema['x-amazon-events-detail-type'] === detailType)
        .flatMap((schema) => fieldsOf(schema)),
    [detailType],
  );
  const checked = check(detailType, text);
  const detail = Object(checked.value) as object;
  const isBroken = checked.issues.length > 0;
  const inFields = new Set(fields.map(pointerOf));
  const otherIssues = checked.issues.filter(({ path }) => !inFields.has(path));
  const send = async (how: () => Promise<{ told: string; sent: Sent }>) => {
    try {
      const { told, sent } = await how();
      setAnswer({ isError: false, text: told });
      onSent(sent);
    } catch (error) {
      setAnswer({ isError: true, text: messageOf(error) });
    }
  };
  const put = async () => {
    const eventId = await putEvent(bus, source, detailType, detail);
    return { told: `on the bus as event ${eventId}`, sent: { eventId } };
  };
  const place = async () => {
    const { orderId: _, ...order } = detail as Record<string, unknown>;
    const { orderId } = await placeOrder(stage, order);
    return { told: `accepted as order ${orderId}`, sent: { subject: orderId } };
  };
  const [bus = ''] = buses;
  const [stage = ''] = stages;
  return (
    <section class="send" aria-label="Send an event">
      <h2>Send</h2>
      {draft && (
        <p class="hint">
          As <code>{draft.of}</code> was sent. Change what you like: the new one opens beside it. Placed by
          the HTTP API, it gets an id of its own.
        </p>
      )}
      <div class="choices">
        <label>
          Event
          <select
            value={detailType}
            onChange={({ currentTarget }) => {
              const type = currentTarget.value as DetailType;
              setDetailType(type);
              setText(pretty(firstOf(type)));
              setAnswer(undefined);
            }}
          >
            {Object.values(detailTypes).map((type) => (
              <option key={type}>{type}</option>
            ))}
          </select>
        </label>
        <Examples detailType={detailType} onChoose={(example) => setText(pretty(example))} />
      </div>
      <EventForm fields={fields} checked={checked} onChange={(changed) => setText(pretty(changed))} />
      <details open={otherIssues.length > 0 || undefined}>
        <summary>The whole detail, as JSON</summary>
        <textarea
          rows={8}
          spellcheck={false}
          value={text}
          aria-label="Detail"
          aria-invalid={isBroken}
          aria-describedby="send-issues"
          onInput={({ currentTarget }) => setText(currentTarget.value)}
        />
      </details>
      <ul id="send-issues" class="issues">
        {otherIssues.map(({ path, received, allowed }) => (
          <li key={path}>
            <code>{path || 'the whole'}</code>: received {received}, allowed is {allowed}
          </li>
        ))}
      </ul>
      <div class="choices">
        {detailType === detailTypes.orderPlaced && (
          <button type="button" class="main" disabled={isBroken} onClick={() => send(place)}>
            Place it by the HTTP API
          </button>
        )}
        <button type="button" disabled={isBroken} onClick={() => send(put)}>
          Put it on the bus {bus}
        </button>
      </div>
      {answer && (
        <p class={answer.isError ? 'error' : 'answer'} role="status">
          {answer.text}
        </p>
      )}
    </section>
  );
}

/** The contract's own examples: valid ones with the boundaries, and ones with one fault each. */
function Examples({ detailType, onChoose }: { detailType: DetailType; onChoose(example: unknown): void }) {
  const groups: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
    'valid, with the boundaries': fixtures[detailType].valid,
    'one fault each': fixtures[detailType].invalid,
  };
  return (
    <label>
      Example
      <select
        value=""
        onChange={({ currentTarget }) => {
          const [group = '', name = ''] = currentTarget.value.split('\n');
          onChoose(groups[group]?.[name]);
          currentTarget.value = '';
        }}
      >
        <option value="">choose …</option>
        {Object.entries(groups).map(([group, byName]) => (
          <optgroup key={group} label={group}>
            {Object.keys(byName).map((name) => (
              <option key={name} value={`${group}\n${name}`}>
                {name.replaceAll('-', ' ')}
              </option>
            ))}
          </optgroup>
        ))}
      </select>
    </label>
  );
}
