import { aws } from './ask.ts';

/** An archive of a bus. */
export interface Archive {
  name: string;
  arn: string;
  busArn: string;
  /** How many events it has. */
  count: number;
}

export interface ReplayState {
  name: string;
  state: string;
}

export async function readArchives(): Promise<Archive[]> {
  const { Archives } = await aws<{ Archives: { ArchiveName: string }[] }>('AWSEvents.ListArchives', {});
  return Promise.all(
    Archives.map(async ({ ArchiveName }) => {
      const { ArchiveArn, EventSourceArn, EventCount } = await aws<{
        ArchiveArn: string;
        EventSourceArn: string;
        EventCount: number;
      }>('AWSEvents.DescribeArchive', { ArchiveName });
      return { name: ArchiveName, arn: ArchiveArn, busArn: EventSourceArn, count: EventCount };
    }),
  );
}

/** The replays so far, the newest first. */
export async function readReplays(): Promise<ReplayState[]> {
  const { Replays } = await aws<{ Replays: { ReplayName: string; State: string }[] }>(
    'AWSEvents.ListReplays',
    {},
  );
  return Replays.map(({ ReplayName, State }) => ({ name: ReplayName, state: State })).reverse();
}

/**
 * Replays what an archive kept between two times.
 *
 * @param from milliseconds since 1970, and so is `to`
 * @param ruleArns the rules that get the events
 * @returns the name of the replay
 */
export async function startReplay(
  { name, arn, busArn }: Archive,
  { from, to, ruleArns }: { from: number; to: number; ruleArns: string[] },
): Promise<string> {
  const ReplayName = `${name}-${Date.now()}`;
  await aws('AWSEvents.StartReplay', {
    ReplayName,
    EventSourceArn: arn,
    EventStartTime: from / 1_000,
    EventEndTime: to / 1_000,
    Destination: { Arn: busArn, FilterArns: ruleArns },
  });
  return ReplayName;
}
