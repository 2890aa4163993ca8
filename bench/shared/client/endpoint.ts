/** How a client reaches a NETCONF server over SSH on the loopback. */
export interface Endpoint {
  readonly port: number;
  readonly username: string;
  /** OpenSSH's text form. */
  readonly privateKey: string;
}
