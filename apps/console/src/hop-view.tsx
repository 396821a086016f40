import type { Alarm, Grant } from '@orders/local-aws';
import { readExecution, readLogLines, readPermissions, type Stack } from './api.ts';
import { alarmsOf, callOf, invocationOf } from './hop.ts';
import type { Model } from './model.ts';
import { readRow } from './row-api.ts';
import { contentsOf, inText, type Span, titleOf } from './span.ts';
import { useAnswer } from './use-answer.ts';

interface Props {
  span: Span;
  model: Model;
  map: Stack;
}

/** All that is known of one step: what it was, what let it through, what it logged, and what to do if it failed. */
export function HopView({ span, model, map }: Props) {
  return (
    <>
      <h3>{titleOf(span)}</h3>
      {span.error !== undefined && <p class="error">{span.error}</p>}
      {span.outcome.stack && <pre>{span.outcome.stack.join('\n')}</pre>}
      <Runbooks alarms={alarmsOf(span, map)} />
      {span.outcome.queue !== undefined && <p>It waits in the queue {span.outcome.queue}.</p>}
      {contentsOf(span, (id) => model.span(id)).map(({ title, value }) => (
        <Content key={title} title={title} text={inText(value)} />
      ))}
      <Execution span={span} />
      <RowNow span={span} />
      <Permissions span={span} map={map} />
      <LogLines span={span} model={model} map={map} />
    </>
  );
}

const Content = ({ title, text }: { title: string; text: string }) => (
  <>
    <h4>{title}</h4>
    <pre>{text}</pre>
  </>
);

/** What a workflow got and gave. */
function Execution({ span }: { span: Span }) {
  const arn = span.activity.kind === 'execution' ? span.activity.executionArn : undefined;
  const { value, error } = useAnswer(arn === undefined ? undefined : () => readExecution(arn), [
    arn,
    span.status,
  ]);
  if (error !== undefined) return <p class="error">{error}</p>;
  return (
    <>
      {value && <Content title="Input" text={inText(JSON.parse(value.input))} />}
      {value?.output !== undefined && <Content title="Output" text={inText(JSON.parse(value.output))} />}
    </>
  );
}

/** The row that a write was about, as it is now: an update says its key alone. */
function RowNow({ span: { activity, id } }: { span: Span }) {
  const isOne = activity.kind === 'write' && /^(Put|Update)Item$/.test(activity.operation);
  const ask = isOne ? () => readRow(activity.table, Object(activity.item)) : undefined;
  const { value, error } = useAnswer(ask, [id]);
  if (error !== undefined) return <p class="error">{error}</p>;
  return value === undefined ? null : <Content title="The row as it is now" text={inText(value)} />;
}

/** What to do about a step that failed: the alarms that would go off on AWS, and their runbooks. */
function Runbooks({ alarms }: { alarms: readonly Alarm[] }) {
  if (alarms.length === 0) return null;
  return (
    <>
      <h4>On AWS, an alarm goes off</h4>
      <ul>
        {alarms.map(({ name, description }) => {
          const [, runbook] = /docs\/runbooks\/([\w-]+)\.md/.exec(description) ?? [];
          return (
            <li key={name}>
              <strong>{name}</strong>: {description}{' '}
              {runbook !== undefined && (
                <a href={`/_local/runbooks/${runbook}`} target="_blank" rel="noreferrer">
                  The runbook {runbook}
                </a>
              )}
            </li>
          );
        })}
      </ul>
    </>
  );
}

function Permissions({ span, map }: { span: Span; map: Stack }) {
  const { activity } = span;
  const rule = activity.kind === 'delivery' ? activity.rule : undefined;
  const { value: targets, error } = useAnswer(rule === undefined ? undefined : () => readPermissions(rule), [
    rule,
  ]);
  if (activity.kind === 'delivery') {
    const found = targets?.find(({ target }) => target === activity.target);
    if (found?.missing !== undefined) return <Missing text={found.missing} />;
    if (error !== undefined) return <p class="error">{error}</p>;
    return <Grants grants={found?.allowedBy ?? []} />;
  }
  const call = callOf(span, map);
  if (!call) return null;
  return <Grants grants={call.grants} by={call.by} />;
}

const Missing = ({ text }: { text: string }) => (
  <>
    <h4>A permission is missing</h4>
    <p class="error">{text}</p>
  </>
);

function Grants({ grants, by }: { grants: readonly Grant[]; by?: string }) {
  if (grants.length === 0) return null;
  return (
    <>
      <h4>What let it through</h4>
      {by !== undefined && <p>It was called by {by}.</p>}
      {grants.map(({ action, address, statement }) => (
        <details key={`${action} ${address}`}>
          <summary>
            <code>{action}</code>, by <code>{address}</code>
          </summary>
          <pre>{JSON.stringify(statement, null, 2)}</pre>
        </details>
      ))}
    </>
  );
}

function LogLines({ span, model, map }: Props) {
  const invocation = invocationOf(span, (id) => model.span(id));
  const group = map.nodes.find(({ id }) => id === `function ${invocation?.function}`)?.logGroup;
  const requestId = invocation?.requestId;
  const { value: lines, error } = useAnswer(
    group === undefined || requestId === undefined ? undefined : () => readLogLines(group, requestId),
    [group, requestId, span.status],
  );
  if (!invocation) return null;
  return (
    <>
      <h4>Log</h4>
      {error !== undefined && <p class="error">{error}</p>}
      {lines && lines.length === 0 && <p>It wrote no line with its request id.</p>}
      {lines?.map((line, index) => (
        // Lines may be equal, and never change their places.
        <LogLine key={index} line={line} />
      ))}
    </>
  );
}

/** A line in short, by its level and message if it is JSON; the whole of it when it is opened. */
function LogLine({ line }: { line: string }) {
  const fields = fieldsOf(line);
  const { level, message, type, _aws } = fields ?? {};
  const short = [level, message, type, _aws && 'metrics'].filter(Boolean).join(' ');
  return (
    <details class="log">
      <summary>{short || line.slice(0, 80)}</summary>
      <pre>{fields ? inText(fields) : line}</pre>
    </details>
  );
}

function fieldsOf(line: string): Record<string, unknown> | undefined {
  try {
    return Object(JSON.parse(line)) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
