import { arn, type Calls, type Cloud } from '../cloud.ts';

export function kms(cloud: Cloud): Calls {
  const keys = cloud.shelf('keys', 'NotFoundException');
  /** Finds a key by its id or its ARN. */
  const find = (id: unknown) => keys.get(String(id).split('/').at(-1));

  return {
    CreateKey: (input) => {
      const KeyId = cloud.newId();
      cloud.tag(KeyId, input);
      const Arn = arn('kms', `key/${KeyId}`);
      const state = { KeyState: 'Enabled', Enabled: true, Origin: 'AWS_KMS' };
      return { KeyMetadata: keys.add(KeyId, { ...input, KeyId, Arn, ...state }) };
    },
    DescribeKey: ({ KeyId }) => ({ KeyMetadata: find(KeyId) }),
    GetKeyPolicy: ({ KeyId }) => ({ Policy: find(KeyId).Policy }),
    EnableKeyRotation: ({ KeyId }) => {
      find(KeyId).rotates = true;
      return undefined;
    },
    GetKeyRotationStatus: ({ KeyId }) => ({
      KeyRotationEnabled: find(KeyId).rotates ?? false,
      RotationPeriodInDays: 365,
    }),
    ListResourceTags: ({ KeyId }) => ({
      Tags: cloud.tagList(find(KeyId).KeyId).map(({ Key, Value }) => ({ TagKey: Key, TagValue: Value })),
    }),
    ScheduleKeyDeletion: ({ KeyId }) => keys.remove(find(KeyId).KeyId),
  };
}
