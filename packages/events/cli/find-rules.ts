import { isJsonObject, type JsonObject } from './json.ts';

/** A rule or an archive, as a file declares it. */
export interface DeclaredRule {
  readonly name: string;
  /** Text or an object. */
  readonly pattern: unknown;
  /** Its event bus; undefined is the default bus. A value that is known only at deployment is an object. */
  readonly bus: unknown;
}

/** A kind of file that declares rules. */
interface Format {
  readonly name: string;
  /** The rules with a pattern; undefined for a document of another kind. */
  readonly find: (document: JsonObject) => DeclaredRule[] | undefined;
}

const formats: readonly Format[] = [
  { name: 'a CloudFormation or SAM template (of cdk.out as well)', find: ofTemplate },
  { name: 'Terraform JSON (*.tf.json, and cdk.tf.json)', find: ofTerraform },
  { name: 'a plan or a state, by `terraform show -json`', find: ofTerraformShow },
  { name: 'an answer of `aws events list-rules` or `describe-rule`', find: ofEventBridge },
];

/** The names of the kinds of file, for messages. */
export const formatNames = ['an event pattern', ...formats.map(({ name }) => name)];

/** Finds the rules that a document declares; undefined if it isn't of a kind that declares rules. */
export function findRules(document: unknown): DeclaredRule[] | undefined {
  if (!isJsonObject(document)) return undefined;
  for (const { find } of formats) {
    const rules = find(document);
    if (rules) return rules.filter(({ pattern }) => pattern !== undefined);
  }
  return undefined;
}

const entriesOf = (value: unknown) =>
  isJsonObject(value)
    ? Object.entries(value).flatMap(([name, each]) => (isJsonObject(each) ? [[name, each] as const] : []))
    : [];
const listOf = (value: unknown) => (Array.isArray(value) ? value.filter(isJsonObject) : []);

function ofTemplate({ Resources }: JsonObject): DeclaredRule[] | undefined {
  if (!isJsonObject(Resources)) return undefined;
  return entriesOf(Resources).flatMap(([name, { Type, Properties }]) => {
    if (!isJsonObject(Properties)) return [];
    const { EventPattern: pattern, EventBusName: bus, SourceArn, Events } = Properties;
    if (Type === 'AWS::Events::Rule') return [{ name, pattern, bus }];
    if (Type === 'AWS::Events::Archive') return [{ name, pattern, bus: SourceArn }];
    if (Type !== 'AWS::Serverless::Function' && Type !== 'AWS::Serverless::StateMachine') return [];
    return entriesOf(Events).flatMap(([event, { Type: kind, Properties: of }]) => {
      if ((kind !== 'EventBridgeRule' && kind !== 'CloudWatchEvent') || !isJsonObject(of)) return [];
      return [{ name: `${name}.${event}`, pattern: of.Pattern, bus: of.EventBusName }];
    });
  });
}

/** The types of Terraform's resources that have a pattern, and the argument that names the bus. */
const terraformTypes: Readonly<Record<string, string>> = {
  aws_cloudwatch_event_rule: 'event_bus_name',
  aws_cloudwatch_event_archive: 'event_source_arn',
};

function ofTerraform({ resource }: JsonObject): DeclaredRule[] | undefined {
  if (!isJsonObject(resource)) return undefined;
  return Object.entries(terraformTypes).flatMap(([type, bus]) =>
    Object.entries(isJsonObject(resource[type]) ? resource[type] : {}).flatMap(([name, block]) =>
      // Terraform takes a block as an object, and as a list of one.
      listOf([block].flat()).map((each) => ruleOf(name, each, each[bus])),
    ),
  );
}

const ruleOf = (address: string, { name, event_pattern }: JsonObject, bus: unknown): DeclaredRule => ({
  name: typeof name === 'string' ? name : address,
  pattern: event_pattern ?? undefined,
  bus: bus ?? undefined,
});

function ofTerraformShow({ planned_values, values }: JsonObject): DeclaredRule[] | undefined {
  const state = isJsonObject(planned_values) ? planned_values : values;
  if (!isJsonObject(state) || !isJsonObject(state.root_module)) return undefined;
  return rulesOfModule(state.root_module);
}

const rulesOfModule = ({ resources, child_modules }: JsonObject): DeclaredRule[] => [
  ...listOf(resources).flatMap(({ type, address, values }) => {
    const bus = typeof type === 'string' ? terraformTypes[type] : undefined;
    if (bus === undefined || !isJsonObject(values)) return [];
    return [ruleOf(String(address), values, values[bus])];
  }),
  ...listOf(child_modules).flatMap(rulesOfModule),
];

function ofEventBridge(document: JsonObject): DeclaredRule[] | undefined {
  if (!('Rules' in document) && !('EventPattern' in document)) return undefined;
  return ('Rules' in document ? listOf(document.Rules) : [document]).map(
    ({ Name, EventPattern: pattern, EventBusName: bus }) => ({ name: String(Name), pattern, bus }),
  );
}
