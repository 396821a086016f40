import { AwsError } from '../../aws-error.ts';
import type { Context } from '../../context.ts';
import type { JsonObject, JsonValue } from '../../json.ts';
import { type Operation, operation } from '../../operation.ts';
import type { Archive, Archives, Replay } from './archive.ts';

const required = { type: 'text', required: true } as const;

/** The operations on archives and replays. */
export const archiveOperations = (
  archives: Archives,
  { clock }: Pick<Context, 'clock'>,
): Record<string, Operation> => ({
  ListArchives: operation(
    { NamePrefix: { type: 'text' }, EventSourceArn: { type: 'text' } },
    ({ NamePrefix = '', EventSourceArn }, { authorize }) => {
      authorize('*');
      const found = archives.list.filter(
        ({ name, bus }) => name.startsWith(NamePrefix) && (EventSourceArn ?? bus.arn) === bus.arn,
      );
      return { Archives: found.map(tellArchive) };
    },
  ),

  DescribeArchive: operation({ ArchiveName: required }, ({ ArchiveName }, { authorize }) => {
    const archive = archives.list.find(({ name }) => name === ArchiveName);
    if (!archive) throw notFound(`Archive ${ArchiveName} does not exist.`);
    authorize(archive.arn);
    return { ArchiveArn: archive.arn, ...tellArchive(archive) };
  }),

  StartReplay: operation(
    {
      ReplayName: required,
      Description: { type: 'text' },
      EventSourceArn: required,
      EventStartTime: { type: 'time', required: true },
      EventEndTime: { type: 'time', required: true },
      Destination: { type: 'object', required: true },
    },
    (input, { authorize }) => {
      const archive = archives.list.find(({ arn }) => arn === input.EventSourceArn);
      if (!archive) throw notFound(`Archive ${input.EventSourceArn} does not exist.`);
      authorize(archive.arn);
      const { ReplayName, EventStartTime, EventEndTime, Description } = input;
      if (archives.replays.get(ReplayName)) {
        throw new AwsError('ResourceAlreadyExistsException', `Replay ${ReplayName} already exists.`);
      }
      if (EventEndTime <= EventStartTime) {
        throw invalid('EventEndTime must be greater than EventStartTime.');
      }
      const replay: Replay = {
        name: ReplayName,
        archiveArn: archive.arn,
        description: Description,
        from: EventStartTime * 1_000,
        to: EventEndTime * 1_000,
        only: readDestination(input.Destination, archive),
        startedAt: clock.now(),
        state: 'STARTING',
      };
      archives.start(replay);
      return { ReplayArn: replayArn(replay), State: 'STARTING', ReplayStartTime: replay.startedAt / 1_000 };
    },
  ),

  DescribeReplay: operation({ ReplayName: required }, ({ ReplayName }, { authorize }) => {
    const replay = replayOf(archives, ReplayName);
    authorize(replayArn(replay));
    const archive = archives.list.find(({ arn }) => arn === replay.archiveArn);
    return {
      ReplayArn: replayArn(replay),
      ...tellReplay(replay),
      ...(replay.description !== undefined && { Description: replay.description }),
      Destination: { Arn: archive?.bus.arn, ...(replay.only && { FilterArns: replay.only }) },
    };
  }),

  ListReplays: operation(
    { NamePrefix: { type: 'text' }, EventSourceArn: { type: 'text' } },
    ({ NamePrefix = '', EventSourceArn }, { authorize }) => {
      authorize('*');
      const found = [...archives.replays.values()].filter(
        ({ name, archiveArn }) =>
          name.startsWith(NamePrefix) && (EventSourceArn ?? archiveArn) === archiveArn,
      );
      return { Replays: found.map(tellReplay) };
    },
  ),

  CancelReplay: operation({ ReplayName: required }, ({ ReplayName }, { authorize }) => {
    const replay = replayOf(archives, ReplayName);
    authorize(replayArn(replay));
    if (replay.state !== 'STARTING' && replay.state !== 'RUNNING') {
      throw new AwsError(
        'IllegalStatusException',
        `Replay ${ReplayName} is not in a valid state for this operation.`,
      );
    }
    archives.replays.set(ReplayName, { ...replay, state: 'CANCELLED', endedAt: clock.now() });
    return { ReplayArn: replayArn(replay), State: 'CANCELLING' };
  }),
});

function replayOf({ replays }: Archives, name: string): Replay {
  const replay = replays.get(name);
  if (replay) return replay;
  throw notFound(`Replay ${name} does not exist.`);
}

/** @returns the ARNs of the rules that get the events; undefined for every rule */
function readDestination({ Arn, FilterArns, ...others }: JsonObject, { bus }: Archive): string[] | undefined {
  if (Arn !== bus.arn || Object.keys(others).length > 0) {
    throw invalid(`Destination has to be {"Arn": "${bus.arn}", "FilterArns": [<ARNs of rules>]}.`);
  }
  if (FilterArns === undefined) return undefined;
  const known = bus.rules.map(({ arn }): JsonValue => arn);
  const arns = Array.isArray(FilterArns) ? FilterArns : [FilterArns];
  const unknown = arns.filter((arn) => !known.includes(arn));
  if (unknown.length > 0) {
    throw notFound(`The bus ${bus.name} has no rule ${JSON.stringify(unknown)}. It has ${known.join(', ')}.`);
  }
  return arns.map(String);
}

const replayArn = ({ archiveArn, name }: Replay) => archiveArn.replace(/:archive\/.*$/, `:replay/${name}`);

const tellArchive = ({ name, bus, events, retentionDays }: Archive) => ({
  ArchiveName: name,
  EventSourceArn: bus.arn,
  State: 'ENABLED',
  RetentionDays: retentionDays,
  EventCount: events.size,
});

const tellReplay = ({ name, archiveArn, state, from, to, startedAt, endedAt, lastEventAt }: Replay) => ({
  ReplayName: name,
  EventSourceArn: archiveArn,
  State: state,
  EventStartTime: from / 1_000,
  EventEndTime: to / 1_000,
  ReplayStartTime: startedAt / 1_000,
  ...(lastEventAt !== undefined && { EventLastReplayedTime: lastEventAt / 1_000 }),
  ...(endedAt !== undefined && { ReplayEndTime: endedAt / 1_000 }),
});

const notFound = (message: string) => new AwsError('ResourceNotFoundException', message);
const invalid = (message: string) => new AwsError('ValidationException', message);
