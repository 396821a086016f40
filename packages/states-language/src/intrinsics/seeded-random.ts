/**
 * A number from 0 up to but not including 1 that depends on the seed alone. AWS's own sequence isn't documented, so
 * a seed gives the same number each time here, and another one than on AWS.
 */
export function seededRandom(seed: number): number {
  let hash = (seed ^ 0x9e3779b9) >>> 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x21f0aaad);
  hash = Math.imul(hash ^ (hash >>> 15), 0x735a2d97);
  return ((hash ^ (hash >>> 15)) >>> 0) / 2 ** 32;
}
