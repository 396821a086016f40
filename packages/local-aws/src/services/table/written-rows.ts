import { isObject, type JsonObject, type JsonValue } from '../../json.ts';

/** A row that a request writes. */
export interface WrittenRow {
  table: string;
  key: JsonObject;
  /** The row as it is then; undefined for one that is removed, and for one of which only a part is written. */
  row: JsonObject | undefined;
  /** Whether the request has only a part of the row. */
  isPart: boolean;
}

/**
 * The rows that a request writes, as far as it is one that DynamoDB takes.
 *
 * @param keyNames gives the names of a table's key; undefined for a table that isn't known
 */
export function writtenRows(
  operation: string,
  input: JsonObject,
  keyNames: (table: string) => readonly string[] | undefined,
): WrittenRow[] {
  const put = (table: string, item: JsonValue | undefined) =>
    rowOf(table, item, isObject(item) ? item : undefined);
  const rowOf = (
    table: string,
    of: JsonValue | undefined,
    row?: JsonObject,
    isPart = false,
  ): WrittenRow[] => {
    const names = keyNames(table);
    if (!names || !isObject(of)) return [];
    return [{ table, key: Object.fromEntries(names.map((name) => [name, of[name] ?? null])), row, isPart }];
  };
  const table = String(input.TableName);
  switch (operation) {
    case 'PutItem':
      return put(table, input.Item);
    case 'DeleteItem':
      return rowOf(table, input.Key);
    case 'UpdateItem':
      return rowOf(table, input.Key, undefined, true);
    case 'BatchWriteItem':
      return Object.entries(isObject(input.RequestItems) ? input.RequestItems : {}).flatMap(
        ([name, requests]) =>
          (Array.isArray(requests) ? requests.filter(isObject) : []).flatMap(
            ({ PutRequest: written, DeleteRequest: removed }) =>
              isObject(written) ? put(name, written.Item) : isObject(removed) ? rowOf(name, removed.Key) : [],
          ),
      );
    default:
      return [];
  }
}
