import type { Ids } from '../../ids.ts';
import { type Operation, operation } from '../../operation.ts';
import { parseQuery, type ResultRow } from './insights/query.ts';
import type { LogGroup } from './log-group.ts';
import { groupOf, groupParameters, notFound } from './logs-request.ts';

/** How many results are kept. The oldest go first. */
const maxKept = 100;
/** Later than every time in seconds, and before every time in milliseconds. CloudWatch Logs takes both. */
const firstMs = 1e11;
const toMs = (time: number) => (time < firstMs ? time * 1_000 : time);

const time = { type: 'integer', min: 0, required: true } as const;

/** The operations of Logs Insights. A query is complete as soon as it has started. */
export function queryOperations(groups: readonly LogGroup[], ids: Ids): Record<string, Operation> {
  const kept = new Map<string, { results: ResultRow[]; scanned: number }>();

  return {
    StartQuery: operation(
      {
        ...groupParameters,
        startTime: time,
        endTime: time,
        queryString: { type: 'text', required: true },
        queryLanguage: { type: 'text', oneOf: ['CWLI'] },
        limit: { type: 'integer', min: 1, max: 10_000 },
      },
      ({ startTime, endTime, queryString, limit, ...named }, call) => {
        const group = groupOf(groups, named, call);
        const run = parseQuery(queryString);
        const [from, to] = [toMs(startTime), toMs(endTime) + 999];
        const events = [...group.events()].filter(({ timestamp }) => timestamp >= from && timestamp <= to);
        const queryId = ids.uuid();
        kept.set(queryId, { results: run(events).slice(0, limit), scanned: events.length });
        for (const oldest of kept.keys()) {
          if (kept.size <= maxKept) break;
          kept.delete(oldest);
        }
        return { queryId };
      },
    ),

    GetQueryResults: operation(
      { queryId: { type: 'text', required: true } },
      ({ queryId }, { authorize }) => {
        authorize('*');
        const query = kept.get(queryId);
        if (!query)
          throw notFound(`There is no query ${queryId}. The results of the last ${maxKept} are kept.`);
        return {
          queryLanguage: 'CWLI',
          status: 'Complete',
          results: query.results,
          statistics: {
            recordsMatched: query.results.length,
            recordsScanned: query.scanned,
            bytesScanned: 0,
          },
        };
      },
    ),
  };
}
