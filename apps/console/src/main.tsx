import type { MapNode } from '@orders/local-aws';
import { render } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { ArchiveView } from './archive-view.tsx';
import { FaultsView } from './faults-view.tsx';
import { HopView } from './hop-view.tsx';
import { LettersView } from './letters-view.tsx';
import { MapView } from './map-view.tsx';
import { OrderView } from './order-view.tsx';
import { OrdersView } from './orders-view.tsx';
import { RuleView } from './rule-view.tsx';
import { type Draft, SendView, type Sent } from './send-view.tsx';
import { partOf, spanAt } from './span.ts';
import { TopBar } from './top-bar.tsx';
import { useSystem } from './use-system.ts';

/** What is beside the list of orders. */
const panels = ['Order', 'Send', 'Queues', 'Archive', 'Faults'] as const;
type Panel = (typeof panels)[number];

/** What is looked at in an order: one of its spans, or what a rule says of its events. */
type Detail = { spanId: number } | { rule: string };

function Page() {
  const [panel, setPanel] = useState<Panel>('Send');
  const [selected, setSelected] = useState<string>();
  /** The order that the selected one is compared with: it was sent again as that one. */
  const [compared, setCompared] = useState<string>();
  const [detail, setDetail] = useState<Detail>();
  const [draft, setDraft] = useState<Draft>();
  /** What was sent again, until its order is known here. */
  const [sent, setSent] = useState<Sent>();

  const select = (id: string | undefined, beside?: string) => {
    setSelected(id);
    setCompared(beside === id ? undefined : beside);
    setDetail(undefined);
    setPanel(id === undefined ? 'Send' : 'Order');
  };
  const system = useSystem(() => select(undefined));
  const { model, version, slowVersion, map, now, problem, notice, skip } = system;

  // What was sent again is opened beside what it was made from, as soon as the trace has it.
  useEffect(() => {
    if (!sent || !draft) return;
    const found = 'subject' in sent ? model.subject(sent.subject) : model.subjectOf(sent.eventId);
    if (!found) return;
    setSent(undefined);
    setDraft(undefined);
    select(found.id, draft.of);
  }, [version, sent]);

  /** Opens what happened to the order at a part of the map; without an order, what failed there last, of any. */
  const openPart = (node: MapNode) => {
    const part = partOf(node.id);
    const of = subject ?? model.subjects().find((each) => spanAt(each, part)?.status === 'failed');
    if (!of) return;
    const at = spanAt(of, part);
    const isFine = at === undefined || at.status === 'succeeded';
    if (!subject) select(of.id);
    if (node.kind === 'rule' && isFine) setDetail({ rule: node.name });
    else if (at) setDetail({ spanId: at.id });
    setPanel('Order');
  };
  const subject = selected === undefined ? undefined : model.subject(selected);
  const shown = [selected, compared].flatMap((id) => (id === undefined ? [] : (model.subject(id) ?? [])));
  const span = detail && 'spanId' in detail ? model.span(detail.spanId) : undefined;
  const rule = detail && 'rule' in detail ? detail.rule : undefined;
  const deadLetterQueues = (map?.edges ?? [])
    .filter(({ kind, from }) => kind === 'deadLetter' && from.startsWith('rule '))
    .map(({ to }) => to.replace(/^queue /, ''));
  const namesOf = (kind: string) => (map?.nodes ?? []).filter((node) => node.kind === kind);
  return (
    <>
      <TopBar system={system} />
      {problem !== '' && (
        <p class="error" role="alert">
          {problem}
        </p>
      )}
      {notice && (
        <p class={notice.kind === 'problem' ? 'error' : 'hint'} role="status">
          {notice.text}
        </p>
      )}
      <main>
        {map && <MapView map={map} model={model} subject={subject} onPart={openPart} />}
        <div class="columns">
          <OrdersView
            model={model}
            version={version}
            selected={selected}
            onSelect={(id) => select(id === selected ? undefined : id)}
          />
          <div class="side">
            <nav aria-label="What is beside the orders">
              {panels.map((name) => (
                <button
                  key={name}
                  type="button"
                  aria-current={panel === name ? 'page' : undefined}
                  disabled={name === 'Order' && !subject}
                  onClick={() => setPanel(name)}
                >
                  {name}
                </button>
              ))}
            </nav>
            {panel === 'Order' && (
              <div class={`compared of-${shown.length}`}>
                {shown.map((each) => (
                  <OrderView
                    key={each.id}
                    subject={each}
                    map={map}
                    now={now}
                    selected={span?.id}
                    onSelect={({ id }) => setDetail({ spanId: id })}
                    onSkip={skip}
                    onAgain={(made) => {
                      setDraft(made);
                      setPanel('Send');
                    }}
                  />
                ))}
              </div>
            )}
            {panel === 'Send' && map && (
              <SendView
                key={draft?.of}
                buses={namesOf('bus').map(({ name }) => name)}
                stages={map.stages}
                draft={draft}
                onSent={(made) => draft && setSent(made)}
              />
            )}
            {panel === 'Queues' && <LettersView deadLetterQueues={deadLetterQueues} version={slowVersion} />}
            {panel === 'Archive' && <ArchiveView rules={namesOf('rule')} version={slowVersion} now={now} />}
            {panel === 'Faults' && <FaultsView />}
          </div>
          {panel === 'Order' && subject && map && (span || rule !== undefined) && (
            <aside class="drawer" aria-label="Details">
              <button
                type="button"
                class="close"
                onClick={() => setDetail(undefined)}
                aria-label="Close the details"
              >
                ×
              </button>
              {rule !== undefined && <RuleView rule={rule} subject={subject} />}
              {span && <HopView key={span.id} span={span} model={model} map={map} />}
            </aside>
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
