import { arn, type Calls, type Cloud, type Json } from '../cloud.ts';

export function schemas(cloud: Cloud): Calls {
  const registries = cloud.shelf('registries', 'NotFoundException');
  const registered = cloud.shelf('schemas', 'NotFoundException');
  const registryPath = '/v1/registries/name/{RegistryName}';
  const schemaPath = `${registryPath}/schemas/name/{SchemaName}`;
  const schemaOf = (input: Json) => `${input.RegistryName}/${input.SchemaName}`;

  return {
    [`POST ${registryPath}`]: (input) => {
      const RegistryArn = arn('schemas', `registry/${input.RegistryName}`);
      cloud.tag(RegistryArn, input);
      return registries.add(input.RegistryName, { ...input, RegistryArn });
    },
    [`GET ${registryPath}`]: ({ RegistryName }) => registries.get(RegistryName),
    [`DELETE ${registryPath}`]: ({ RegistryName }) => registries.remove(RegistryName),
    [`POST ${schemaPath}`]: (input) => {
      registries.get(input.RegistryName);
      const SchemaArn = arn('schemas', `schema/${schemaOf(input)}`);
      cloud.tag(SchemaArn, input);
      return registered.add(schemaOf(input), { ...input, SchemaArn, SchemaVersion: '1' });
    },
    [`GET ${schemaPath}`]: (input) => registered.get(schemaOf(input)),
    [`DELETE ${schemaPath}`]: (input) => registered.remove(schemaOf(input)),
    'GET /tags/{arn}': (input) => ({ tags: cloud.tags(input.arn) }),
  };
}
