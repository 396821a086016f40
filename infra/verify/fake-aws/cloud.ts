export type Json = Record<string, unknown>;

/** Takes the body and the parts of the path, and returns the body of the answer. */
export type Call = (input: Json) => Json | undefined;

/** The calls of one service, by name: `Operation`, or `METHOD /path/{part}`. */
export type Calls = Record<string, Call>;

/** An error of a service. The provider acts by its code. */
export class AwsError extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** The resources of one kind, by name or id. A request for one that isn't there gets the error `notFound`. */
export class Shelf {
  readonly items = new Map<string, Json>();
  readonly #notFound: string;
  constructor(notFound = 'ResourceNotFoundException') {
    this.#notFound = notFound;
  }
  get(key: unknown): Json {
    const item = this.items.get(String(key));
    if (!item) throw new AwsError(404, this.#notFound, `${key} isn't there`);
    return item;
  }
  add(key: unknown, item: Json): Json {
    if (this.items.has(String(key))) throw new AwsError(409, 'ResourceConflictException', `${key} exists`);
    this.items.set(String(key), item);
    return item;
  }
  remove(key: unknown): undefined {
    this.get(key);
    this.items.delete(String(key));
  }
  /** The resources whose field has this value, or begins with it. */
  where(field: string, value: unknown): Json[] {
    return [...this.items.values()].filter((item) => String(item[field]).startsWith(String(value)));
  }
}

export const account = '123456789012';
export const arn = (service: string, resource: string) =>
  `arn:aws:${service}:eu-west-1:${account}:${resource}`;

/** The state that all services share: the resources and their tags. */
export class Cloud {
  readonly #shelves = new Map<string, Shelf>();
  /** The tags of each resource, by its ARN or by the key of its service. */
  readonly #tags = new Map<string, Record<string, string>>();
  #ids = 0;

  shelf(kind: string, notFound?: string): Shelf {
    const made = new Shelf(notFound);
    this.#shelves.set(kind, made);
    return made;
  }

  newId(): string {
    this.#ids += 1;
    return `id${this.#ids}`;
  }

  /** Keeps the tags of a new resource, in the form of any service. */
  tag(resource: unknown, input: Json): void {
    this.#tags.set(String(resource), tagsOf(input) ?? {});
  }

  /** The tags of a resource, as an object. */
  tags(resource: unknown): Record<string, string> {
    return this.#tags.get(String(resource)) ?? {};
  }

  /** The tags of a resource, as a list. */
  tagList(resource: unknown): { Key: string; Value: string }[] {
    return Object.entries(this.tags(resource)).map(([Key, Value]) => ({ Key, Value }));
  }

  /** The existing resources, such as `roles orders-1`. */
  resources(): string[] {
    return [...this.#shelves].flatMap(([kind, { items }]) =>
      [...items.keys()].map((key) => `${kind} ${key}`),
    );
  }
}

/** The tags of a call that creates a resource, as an object; undefined if it has none. */
export function tagsOf({ Tags, tags = Tags }: Json): Record<string, string> | undefined {
  if (!Array.isArray(tags)) return tags as Record<string, string> | undefined;
  return Object.fromEntries(
    tags.map(({ Key, Value, TagKey = Key, TagValue = Value, key = TagKey, value = TagValue }) => [
      key,
      value,
    ]),
  );
}
