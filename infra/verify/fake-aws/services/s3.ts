import { AwsError, type Calls, type Cloud, type Json } from '../cloud.ts';

export function s3(cloud: Cloud): Calls {
  const objects = cloud.shelf('objects', 'NoSuchKey');
  const pathOf = ({ Bucket, Key }: Json) => `${Bucket}/${Key}`;

  return {
    // Terraform looks for other workspaces. There are none.
    ListObjects: () => ({ Body: '<ListBucketResult></ListBucketResult>' }),
    HeadObject: (input) => objects.get(pathOf(input)),
    GetObject: (input) => objects.get(pathOf(input)),
    PutObject: (input) => {
      const path = pathOf(input);
      if (input.IfNoneMatch === '*' && objects.items.has(path))
        throw new AwsError(412, 'PreconditionFailed', `${path} exists`);
      objects.items.set(path, { Body: input.Body });
      return undefined;
    },
    DeleteObject: (input) => objects.remove(pathOf(input)),
  };
}
