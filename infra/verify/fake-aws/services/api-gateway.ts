import type { Calls, Cloud } from '../cloud.ts';

export function apiGateway(cloud: Cloud): Calls {
  const callsOn = (path: string, kind: string, idField: string): Calls => {
    const all = cloud.shelf(kind, 'NotFoundException');
    return {
      [`POST ${path}`]: (input) => {
        const id = input[idField] ?? cloud.newId();
        return all.add(id, { ...input, [idField]: id });
      },
      [`GET ${path}/{id}`]: ({ id }) => all.get(id),
      [`DELETE ${path}/{id}`]: ({ id }) => all.remove(id),
    };
  };

  return {
    ...callsOn('/v2/apis', 'apis', 'apiId'),
    ...callsOn('/v2/apis/{api}/authorizers', 'authorizers', 'authorizerId'),
    ...callsOn('/v2/apis/{api}/integrations', 'integrations', 'integrationId'),
    ...callsOn('/v2/apis/{api}/routes', 'routes', 'routeId'),
    ...callsOn('/v2/apis/{api}/stages', 'stages', 'stageName'),
  };
}
