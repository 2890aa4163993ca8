/** One entry of `/bmpconfd-relay:relay/router`. */
export interface RelayRouterConfig {
  /** Text of an IPv4 or IPv6 address. */
  readonly address: string;
  readonly enabled: boolean;
  /** Key of TCP MD5 signatures, 1 to 80 octets. */
  readonly md5Key?: string;
  /** Peers beyond which the connection is ended. */
  readonly maximumPeers: number;
  /** Routes, over all peers, RIBs and families, beyond which it is. */
  readonly maximumPrefixes: number;
}

/** The key of one entry of `/bmpconfd-relay:relay/listen`. */
export interface RelayListenAddress {
  readonly address: string;
  /** 0 = any free one. */
  readonly port: number;
}
