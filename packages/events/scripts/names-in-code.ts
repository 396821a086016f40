/** What the package exports beside the events, and the names that its generated types refer to. */
const taken = new Set([
  ...[
    'OrderEvent',
    'Details',
    'DetailType',
    'EventBridgeEvent',
    'InvalidEventError',
    'Issue',
    'OutgoingEvent',
  ],
  ...['Comparison', 'DetailPattern', 'EventPattern', 'Overrides', 'RecordingClient', 'Contract', 'Validator'],
  ...[
    'LaterEvent',
    'Parser',
    'ParseResult',
    'Handler',
    'StandardIssue',
    'StandardResult',
    'StandardSchemaV1',
  ],
  ...['Record', 'Partial', 'Readonly', 'Pick', 'Omit', 'Context', 'Result'],
  ...['parseDetail', 'makeEvent', 'createHandler', 'isEvent', 'parseEvent'],
  ...Object.getOwnPropertyNames(globalThis),
]);

/**
 * The name in the way of an event's types and functions; undefined if none is.
 *
 * @param typeName the name of the event's detail: `OrderPlaced`
 */
export const nameInTheWay = (typeName: string): string | undefined =>
  [
    ...[typeName, `${typeName}Event`, `parse${typeName}`, `safeParse${typeName}`, `is${typeName}`],
    ...[`on${typeName}`, `make${typeName}`],
  ].find((name) => taken.has(name));
