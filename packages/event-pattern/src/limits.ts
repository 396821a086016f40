/** The bounds of EventBridge on a pattern. */
export const limits = {
  /** The longest `EventPattern` that PutRule takes, in characters (API reference, PutRule). */
  characters: 4096,
  /** The most combinations of `$or` branches in one pattern (user guide, "Or matching"). */
  orCombinations: 1000,
  /** The fewest branches that make an `$or` (event-ruler, README). */
  minOrBranches: 2,
  /** `numeric` compares numbers from the negative of this value up to this value (user guide, "Numeric matching"). */
  largestNumber: 5e9,
  /** The longest text that can be an IPv4 address (Java, `InetAddress`). */
  ipv4Characters: 15,
} as const;
