import { arn, idOf, type ResourceType } from './resource-type.ts';

const inert = (why: string, computed: ResourceType['computed'] = {}): ResourceType => ({
  inert: why,
  arguments: [],
  computed,
});

const noGraphs = 'the local run draws no graphs';
/** Why the actions of alarms have no effect. */
export const nobody = 'an alarm notifies nobody here';
const registry = 'people read the schema registry; no event passes through it';

/**
 * The types that have no behaviour at run time, each with its reason. Nothing that is said to them changes what
 * runs here, so their arguments aren't listed, and an unknown one isn't refused.
 */
export const inertTypes: Readonly<Record<string, ResourceType>> = {
  aws_cloudwatch_dashboard: inert(noGraphs),
  aws_kms_key: inert('nothing is stored here that it could encrypt', {
    arn: arn('kms', (get) => `key/${idOf(get('address'))}`),
  }),
  aws_schemas_registry: inert(registry),
  aws_schemas_schema: inert(registry),
  aws_sns_topic: inert(nobody, { arn: arn('sns', (get) => get('name')) }),
  aws_sns_topic_policy: inert(nobody),
  aws_sns_topic_subscription: inert(nobody),
};
