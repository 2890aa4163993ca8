import { update } from "./bgp-messages.ts";
import { randomNumbers, weighted } from "./random.ts";
import type { Table } from "./table.ts";

const ROUTER_AS = 65_010;
/** Mean of prefixes that share attributes; a real table of 2015 has 6.4. */
const MEAN_PREFIXES = 5;
const MAX_PREFIXES = 200;
const FIRST_ADDRESS = 0x0100_0000;
/** Multicast begins here. */
const END_OF_ADDRESSES = 0xe000_0000;
const FIRST_OCTET = 2 ** 24;
/** First octets with addresses that routers refuse or that mean something else. */
const SPECIAL = new Set([10, 100, 127, 169, 172, 192, 198, 203]);

/** About as often as in the Internet's table. */
const PREFIX_LENGTHS = [
  [24, 62],
  [23, 10],
  [22, 12],
  [21, 5],
  [20, 4],
  [19, 3],
  [18, 2],
  [16, 1],
] as const;
const PATH_LENGTHS = [
  [2, 6],
  [3, 24],
  [4, 32],
  [5, 21],
  [6, 10],
  [8, 7],
] as const;

/** IPv4 routes in the proportions of the Internet's table: prefix lengths, AS paths, communities, shared attributes. */
export function syntheticTable(name: string, routes: number): Table {
  const random = randomNumbers(routes);
  const prefixes = ascendingPrefixes(random);
  const messages: Buffer[] = [];
  for (let left = routes; left > 0; ) {
    const count = Math.min(left, MAX_PREFIXES, 1 + Math.floor(-Math.log(1 - random()) * (MEAN_PREFIXES - 0.5)));
    messages.push(update(attributes(random), nlri(prefixes, count)));
    left -= count;
  }
  return { name, routes, updates: messages.length, octets: Buffer.concat(messages), as: ROUTER_AS };
}

function nlri(prefixes: Iterator<Uint8Array>, count: number): Buffer {
  const parts: Uint8Array[] = [];
  while (parts.length < count) {
    const { done, value } = prefixes.next();
    if (done === true) throw new Error("there are not so many prefixes");
    parts.push(value);
  }
  return Buffer.concat(parts);
}

/** Each once, in the encoding of NLRI. */
function* ascendingPrefixes(random: () => number): Generator<Uint8Array, void, undefined> {
  let address = FIRST_ADDRESS;
  while (address < END_OF_ADDRESSES) {
    const lengthBits = weighted(random, PREFIX_LENGTHS);
    const size = 2 ** (32 - lengthBits);
    address = Math.ceil(address / size) * size;
    const firstOctet = Math.floor(address / FIRST_OCTET);
    if (SPECIAL.has(firstOctet)) {
      address = (firstOctet + 1) * FIRST_OCTET;
      continue;
    }
    const octets = Buffer.alloc(1 + Math.ceil(lengthBits / 8));
    octets[0] = lengthBits;
    for (let i = 1; i < octets.length; i++) octets[i] = address / 2 ** (32 - 8 * i);
    yield octets;
    address += size;
  }
}

function attributes(random: () => number): Buffer {
  const path = [ROUTER_AS];
  for (let hops = weighted(random, PATH_LENGTHS); hops > 1; hops--)
    path.push(random() < 0.8 ? whole(random, 1, 64_000) : whole(random, 131_072, 400_000));
  const parts = [
    attribute(0x40, 1, [random() < 0.93 ? 0 : 2]),
    attribute(0x40, 2, [2, path.length, ...path.flatMap(fourOctets)]),
    attribute(0x40, 3, [10, 99, 0, 2]),
  ];
  if (random() < 0.1) parts.push(attribute(0x80, 4, fourOctets(whole(random, 0, 1_000))));
  if (random() < 0.6) {
    const communities = Array.from({ length: whole(random, 1, 9) }, () => ROUTER_AS * 65_536 + whole(random, 0, 5_000));
    parts.push(attribute(0xc0, 8, communities.flatMap(fourOctets)));
  }
  return Buffer.concat(parts);
}

const attribute = (flags: number, type: number, value: readonly number[]): Buffer =>
  Buffer.from([flags, type, value.length, ...value]);

const whole = (random: () => number, from: number, below: number): number =>
  from + Math.floor(random() * (below - from));

const fourOctets = (value: number): number[] => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
