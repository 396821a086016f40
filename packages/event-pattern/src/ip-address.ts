import { limits } from './limits.ts';

/** An IP address: of 32 bits for IPv4, of 128 bits for IPv6. */
export interface IpAddress {
  readonly bits: 32 | 128;
  readonly value: bigint;
}

/** A range of addresses: those that share the first bits of an address. */
export interface IpNetwork {
  readonly address: IpAddress;
  readonly maskBits: number;
}

/**
 * Reads an address as Java does, and so event-ruler: leading zeros mean nothing (`010.0.0.1` is `10.0.0.1`), and an IPv4
 * address that is mapped to IPv6 is the IPv4 address. A text with both dots and colons isn't an address.
 *
 * @returns undefined for a text that isn't an address
 */
export const parseIpAddress = (text: string): IpAddress | undefined => parseIPv4(text) ?? parseIPv6(text);

/**
 * Reads a network such as `10.0.0.0/8`.
 *
 * @returns undefined for a text that isn't a network, and for a whole address (`/32` of IPv4, `/128` of IPv6), which
 * event-ruler refuses: a plain value says the same
 */
export function parseIpNetwork(text: string): IpNetwork | undefined {
  // The number of bits is what Java's Integer.parseInt takes, and String.split drops what is empty at the end.
  const [, base = '', mask = ''] = /^([^/]*)\/([+-]?\d+)\/*$/.exec(text) ?? [];
  const address = parseIpAddress(base);
  const maskBits = Number(mask);
  return address !== undefined && maskBits >= 0 && maskBits < address.bits
    ? { address, maskBits }
    : undefined;
}

export function isInNetwork({ address: base, maskBits }: IpNetwork, text: string): boolean {
  const address = parseIpAddress(text);
  const hostBits = BigInt(base.bits - maskBits);
  return address?.bits === base.bits && address.value >> hostBits === base.value >> hostBits;
}

function parseIPv4(text: string): IpAddress | undefined {
  if (text.length > limits.ipv4Characters || !/^\d+(?:\.\d+){3}$/.test(text)) return undefined;
  const bytes = text.split('.').map(BigInt);
  return bytes.every((byte) => byte <= 0xffn) ? { bits: 32, value: join(bytes, 8n) } : undefined;
}

function parseIPv6(text: string): IpAddress | undefined {
  if (!/^[\da-f]*:[\da-f:]*$/i.test(text)) return undefined;
  const [head = [], tail, ...others] = text
    .split('::')
    .map((part) =>
      part === '' ? [] : part.split(':').map((group) => (group === '' ? -1n : BigInt(`0x${group}`))),
    );
  const written = [...head, ...(tail ?? [])];
  const omitted = 8 - written.length;
  const isComplete = tail === undefined ? omitted === 0 : omitted > 0;
  if (others.length > 0 || !isComplete || written.some((group) => group < 0n || group > 0xffffn))
    return undefined;

  const value = join([...head, ...Array<bigint>(omitted).fill(0n), ...(tail ?? [])], 16n);
  return value >> 32n === 0xffffn ? { bits: 32, value: value & 0xffffffffn } : { bits: 128, value };
}

function join(parts: readonly bigint[], bitsEach: bigint): bigint {
  return parts.reduce((joined, part) => (joined << bitsEach) | part, 0n);
}
