import type { FaultKind, Grant, Notice, StreamedEntry, SystemMap } from '@orders/local-aws';
import { AnswerError, ask, aws, post } from './ask.ts';

export type Stack = SystemMap & {
  /** The addresses of the stages of the HTTP APIs. */
  stages: string[];
};

export interface ClockState {
  now: string;
  scheduled: { at: string; what: string }[];
}

/** Why a rule matches an event, or doesn't. */
export interface RuleAnswer {
  matches: boolean;
  sentence: string;
}

/** What lets a rule deliver to a target, or what the stack lacks. */
export interface TargetPermissions {
  target: string;
  allowedBy: Grant[];
  missing?: string;
}

export interface FaultState {
  seed: number;
  /** From 0 to 1. */
  probabilities: Partial<Record<FaultKind, number>>;
  /** What each fault does. */
  kinds: Record<FaultKind, string>;
}

export const readMap = () => ask<Stack>('/_local/map');
export const readClock = () => ask<ClockState>('/_local/clock');
export const advance = (advanceMs: number) => post('/_local/clock', { advanceMs });
export const setPartner = (behaviour: { status?: number; delayMs?: number }) =>
  post('/_local/partner', behaviour);
export const readFaults = () => ask<FaultState>('/_local/faults');
export const setFaults = (probabilities: FaultState['probabilities']) =>
  post<FaultState>('/_local/faults', { probabilities });

const rulePath = (rule: string) => `/_local/rules/${encodeURIComponent(rule)}`;
export const explain = (rule: string, event: object) => post<RuleAnswer>(`${rulePath(rule)}/explain`, event);
export const readPermissions = async (rule: string) =>
  (await ask<{ targets: TargetPermissions[] }>(`${rulePath(rule)}/permissions`)).targets;

export const placeOrder = (stage: string, order: object) =>
  ask<{ orderId: string }>(`${stage}/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(order),
  });

export async function putEvent(
  bus: string,
  source: string,
  detailType: string,
  detail: object,
): Promise<string> {
  const entry = { EventBusName: bus, Source: source, DetailType: detailType, Detail: JSON.stringify(detail) };
  const { Entries } = await aws<{ Entries: { EventId?: string; ErrorMessage?: string }[] }>(
    'AWSEvents.PutEvents',
    { Entries: [entry] },
  );
  const [result] = Entries;
  if (result?.EventId !== undefined) return result.EventId;
  throw new AnswerError(result?.ErrorMessage ?? 'The bus gave no answer for the event');
}

/** What an execution of a workflow got and gave, as JSON. */
export const readExecution = (executionArn: string) =>
  aws<{ input: string; output?: string }>('AWSStepFunctions.DescribeExecution', { executionArn });

/** The log lines of one invocation of a function. */
export async function readLogLines(logGroupName: string, requestId: string): Promise<string[]> {
  const { events } = await aws<{ events: { message: string }[] }>('Logs_20140328.FilterLogEvents', {
    logGroupName,
    filterPattern: `"${requestId}"`,
  });
  return events.map(({ message }) => message.trimEnd());
}

export interface Listener {
  /** Another run than before: whatever was seen is of the past. */
  onRun(): void;
  onEntries(entries: StreamedEntry[]): void;
  /** What was edited is swapped in, or can't be. */
  onNotice(notice: Notice): void;
  onConnection(isConnected: boolean): void;
}

/** Follows the trace. The browser comes back by itself when the connection is lost. */
export function follow({ onRun, onEntries, onNotice, onConnection }: Listener): void {
  const source = new EventSource('/_local/trace');
  let run: string | undefined;
  source.addEventListener('run', ({ data }) => {
    if (run !== undefined && run !== data) onRun();
    run = data;
    onConnection(true);
  });
  source.addEventListener('notice', ({ data }) => onNotice(JSON.parse(data) as Notice));
  source.onmessage = ({ data }) => onEntries(JSON.parse(data) as StreamedEntry[]);
  source.onerror = () => onConnection(false);
}
