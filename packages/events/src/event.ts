/**
 * An event as EventBridge delivers it to a target: the same shape as `EventBridgeEvent` of `@types/aws-lambda`.
 *
 * Source: "AWS service event metadata" in the EventBridge user guide.
 */
export interface EventBridgeEvent<DetailType extends string, Detail> {
  /** The version of the envelope: always "0". */
  version: string;
  /** Unique to the event. A redelivery has the same id. */
  id: string;
  'detail-type': DetailType;
  source: string;
  /** The publisher's AWS account, 12 digits. */
  account: string;
  /** When the event happened, RFC 3339 in UTC. */
  time: string;
  region: string;
  /** ARNs of the resources that the event is about; may be empty. */
  resources: string[];
  detail: Detail;
}
