/** What a router announces, the same each time. */
export interface Table {
  readonly name: string;
  /** Prefixes that are there in the end. */
  readonly routes: number;
  readonly updates: number;
  /** UPDATEs, one after the other. */
  readonly octets: Buffer;
  /** The AS of the router, which begins its AS_PATHs. */
  readonly as: number;
}
