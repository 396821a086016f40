/**
 * A UUID (version 8, RFC 9562) from a text: the same for the same text. For tests only, because others can guess it. It needs
 * no module of Node.js, so that tests in a browser have it too.
 */
export function uuidFrom(text: string): string {
  const hex = [1, 2, 3, 4].map((salt) => hash(`${salt} ${text}`).toString(16).padStart(8, '0')).join('');
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 3) | 8).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    variant + hex.slice(17, 20),
    hex.slice(20),
  ].join('-');
}

/** 32 bits of a text (FNV-1a, with the last mix of murmur3). */
function hash(text: string): number {
  let bits = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    bits = Math.imul(bits ^ text.charCodeAt(index), 0x01000193);
  }
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
