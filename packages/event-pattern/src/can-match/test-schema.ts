import type { Keywords } from '@orders/schema-compatibility';
import type { IpNetwork } from '../ip-address.ts';
import { parseIpAddress } from '../ip-address.ts';
import { limits } from '../limits.ts';
import type { Bound, ValueTest } from '../pattern.ts';

/** Any value. */
export const anything: Keywords = {};

/** A reference that leads nowhere, so that the search stays undecided. */
export const undecidable: Keywords = { $ref: '#/undecidable' };

/** Translates a test to a JSON Schema. A scalar passes the test if and only if the schema accepts it. */
export function schemaOf(test: ValueTest): Keywords {
  switch (test.kind) {
    case 'any':
      return anything;
    case 'value':
      return typeof test.value === 'string' ? schemaOfText(test.value) : { const: test.value };
    case 'exactly':
      return { const: test.value };
    case 'equals-ignore-case':
      return matching(ignoringCase(test.text));
    case 'prefix':
      return matching(`${sourceOf(test)}${anyText}`);
    case 'suffix':
      return matching(`${anyText}${sourceOf(test)}`);
    case 'wildcard':
      return matching(test.literals.map(literal).join(anyText));
    case 'numeric':
      return schemaOfRange(test.lower, test.upper);
    case 'cidr':
      return schemaOfNetwork(test.network, baseOf(test.text));
    case 'anything-but':
      return { not: { anyOf: test.excluded.map(schemaOf) } };
  }
}

/** Any text, as part of a regular expression. */
const anyText = '[^]*';

/** A regular expression that matches only this text. */
const literal = (text: string) => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');

const matching = (source: string): Keywords => ({ type: 'string', pattern: `^(?:${source})$` });

const sourceOf = ({ text, ignoresCase }: { text: string; ignoresCase: boolean }) =>
  ignoresCase ? ignoringCase(text) : literal(text);

/** As event-ruler does: each UTF-16 unit is its lower-case or its upper-case form. Half of a pair has only one form. */
const ignoringCase = (text: string): string =>
  [...text]
    .map((character) => {
      if (character.length > 1) return character;
      return `(?:${literal(character.toLowerCase())}|${literal(character.toUpperCase())})`;
    })
    .join('');

function schemaOfRange(lower: Bound, upper: Bound): Keywords {
  if (lower.value === upper.value && lower.isIncluded && upper.isIncluded) return { const: lower.value };
  return {
    type: 'number',
    [lower.isIncluded ? 'minimum' : 'exclusiveMinimum']: lower.value,
    [upper.isIncluded ? 'maximum' : 'exclusiveMaximum']: upper.value,
  };
}

/** EventBridge compares IP addresses as addresses, however they are written. */
function schemaOfText(text: string): Keywords {
  const address = parseIpAddress(text);
  return address === undefined ? { const: text } : schemaOfNetwork({ address, maskBits: address.bits }, text);
}

const baseOf = (cidr: string) => cidr.split('/')[0] as string;

/**
 * Decides about the address that the network is named by, and about all IPv4 addresses that are written with dots. Other
 * texts with colons stay undecided.
 */
function schemaOfNetwork({ address, maskBits }: IpNetwork, base: string): Keywords {
  const dotted = address.bits === 32 ? [schemaOfIPv4(address.value, maskBits)] : [];
  const colons = { ...matching('[0-9A-Fa-f]*:[0-9A-Fa-f]*:[0-9A-Fa-f:]*'), ...undecidable };
  return { anyOf: [...dotted, { const: base }, colons] };
}

function schemaOfIPv4(address: bigint, maskBits: number): Keywords {
  const bytes = [24n, 16n, 8n, 0n].map((shift, index) => {
    const byte = Number((address >> shift) & 0xffn);
    const free = 2 ** Math.min(8, Math.max(0, 8 * (index + 1) - maskBits));
    const first = byte - (byte % free);
    return `0*(?:${Array.from({ length: free }, (_, more) => first + more).join('|')})`;
  });
  return { ...matching(bytes.join('\\.')), maxLength: limits.ipv4Characters };
}
