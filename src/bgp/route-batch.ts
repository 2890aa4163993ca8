import type { AddressFamily } from "./address-family.ts";
import type { AttributeSet } from "./attribute-set.ts";
import { MAX_MESSAGE_BYTES } from "./codec/common-header.ts";
import { encodeWithdrawal } from "./codec/update.ts";
import type { RouteTable } from "./route-table.ts";
import { UpdatePacker } from "./update-packer.ts";

/** What withdrawals of one UPDATE have, so that its header and that of MP_UNREACH_NLRI fit before them. */
const WITHDRAWN_BYTES = MAX_MESSAGE_BYTES - 64;

/**
 * Makes UPDATEs of changes of one table: announcements in a row with the same attributes go together, and withdrawals.
 * A destination must not change twice between two calls of `flush`.
 */
export class RouteBatch {
  readonly #family: AddressFamily;
  readonly #routes: RouteTable;
  readonly #packer: UpdatePacker;
  readonly #emit: (pdu: Uint8Array) => void;
  /** Of the routes that the packer holds. */
  #set: AttributeSet | undefined;
  #withdrawn = Buffer.alloc(MAX_MESSAGE_BYTES);
  #withdrawnBytes = 0;

  constructor(family: AddressFamily, routes: RouteTable, emit: (pdu: Uint8Array) => void) {
    this.#family = family;
    this.#routes = routes;
    this.#packer = new UpdatePacker(family, true);
    this.#emit = emit;
  }

  /** `route` has these attributes now. */
  announce(route: number, set: AttributeSet): void {
    const bytes = this.#routes.nlriBytes(route);
    if (this.#set !== set || !this.#packer.fits(bytes)) {
      this.flush();
      this.#packer.begin(set.key, bytes);
      this.#set = set;
    }
    this.#packer.nlriEnd = this.#routes.writeNlri(route, this.#packer.octets, this.#packer.nlriEnd);
  }

  /** `route` is about to go. */
  withdraw(route: number): void {
    const bytes = this.#routes.nlriBytes(route);
    if (this.#withdrawnBytes + bytes > WITHDRAWN_BYTES) this.flush();
    if (bytes > this.#withdrawn.length) this.#withdrawn = Buffer.alloc(bytes);
    this.#withdrawnBytes = this.#routes.writeNlri(route, this.#withdrawn, this.#withdrawnBytes);
  }

  flush(): void {
    if (this.#set !== undefined) {
      this.#set = undefined;
      this.#emit(this.#packer.take());
    }
    if (this.#withdrawnBytes === 0) return;
    const nlri = new Uint8Array(this.#withdrawn.subarray(0, this.#withdrawnBytes));
    this.#withdrawnBytes = 0;
    this.#emit(encodeWithdrawal(this.#family, nlri));
  }
}
