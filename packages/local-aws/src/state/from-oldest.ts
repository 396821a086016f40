/**
 * Gives the keys or values of a map one after the other, the oldest first, for a caller that deletes each. What was added
 * meanwhile comes at its turn. At the end, it begins again.
 *
 * A map keeps the places of deleted entries for a while, and a new iterator passes all of them: in a full store of 100,000,
 * that took 90 µs for each new value.
 *
 * @param items begins an iteration: `() => map.keys()`
 * @returns gives the next one; undefined if there is none
 */
export function fromOldest<Item>(items: () => Iterable<Item>): () => Item | undefined {
  let iterator = items()[Symbol.iterator]();
  return () => {
    const next = iterator.next();
    if (!next.done) return next.value;
    iterator = items()[Symbol.iterator]();
    return iterator.next().value;
  };
}
