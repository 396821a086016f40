declare module 'dynalite' {
  import type { Server } from 'node:http';

  /**
   * A server that speaks DynamoDB's wire protocol and keeps its tables in memory.
   *
   * @param options.createTableMs how long a new table stays in the state CREATING; 500 by default
   */
  export default function dynalite(options?: { createTableMs?: number }): Server;
}
