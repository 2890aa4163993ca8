const COMMON_HEADER_BYTES = 6;
const ROUTE_MONITORING = 0;
/** Where the BGP message begins in a Route Monitoring message. */
const PDU = COMMON_HEADER_BYTES + 42;
const BGP_HEADER_BYTES = 19;
const VERSION = 3;
const END_OF_RIB_BYTES = 23;

export interface CounterOptions {
  /** Whether the prefixes in UPDATEs are counted; the messages always are. */
  readonly countsPrefixes: boolean;
  /** Gets a message that announces prefixes, and where in it they begin, if they are counted. */
  readonly announced: (message: Buffer, nlri: number) => void;
}

/** Reads a BMP stream (RFC 7854) and counts what is in it. */
export class BmpCounter {
  messages = 0;
  /** IPv4 prefixes announced. */
  announced = 0;
  endsOfRib = 0;
  bytes = 0;
  readonly #options: CounterOptions;
  #rest: Buffer | undefined;

  constructor(options: CounterOptions) {
    this.#options = options;
  }

  push(octets: Buffer): void {
    this.bytes += octets.length;
    const all = this.#rest === undefined ? octets : Buffer.concat([this.#rest, octets]);
    let at = 0;
    while (at + COMMON_HEADER_BYTES <= all.length) {
      if (all[at] !== VERSION) throw new Error(`BMP version ${all[at]} at octet ${this.bytes - all.length + at}`);
      const length = all.readUInt32BE(at + 1);
      if (at + length > all.length) break;
      this.messages += 1;
      if (all[at + 5] === ROUTE_MONITORING) this.#route(all, at, at + length);
      at += length;
    }
    this.#rest = at === all.length ? undefined : all.subarray(at);
  }

  #route(all: Buffer, start: number, end: number): void {
    if (end - start - PDU === END_OF_RIB_BYTES) this.endsOfRib += 1;
    else if (this.#options.countsPrefixes) this.#countPrefixes(all, start + PDU + BGP_HEADER_BYTES, end);
  }

  #countPrefixes(all: Buffer, update: number, end: number): void {
    const withdrawnEnd = update + 2 + all.readUInt16BE(update);
    const nlri = withdrawnEnd + 2 + all.readUInt16BE(withdrawnEnd);
    const before = this.announced;
    for (let at = nlri; at < end; at += 1 + (((all[at] as number) + 7) >> 3)) this.announced += 1;
    if (this.announced > before) this.#options.announced(all, nlri);
  }
}
