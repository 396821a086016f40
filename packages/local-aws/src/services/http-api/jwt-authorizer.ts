/** What a token says of its bearer, each claim as text. */
export type Claims = Readonly<Record<string, string>>;
