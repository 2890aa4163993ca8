/** Where the metrics come from; asked when somebody scrapes, never in between. */
export interface MetricsSource {
  /** NETCONF sessions that are open now. */
  netconfSessions(): number;
  /** NETCONF sessions that ended since they did not take their notifications in time. */
  lostSubscribers(): number;
  /** Number of the newest commit. */
  commitId(): Promise<number>;
  /**
   * The monitoring plane's operational state, `/bmpconfd-bmp:bmp` and `/bmpconfd-bgp:bgp`, as RFC 7951 JSON documents
   * with some of the list entries each.
   */
  planeState(): Promise<readonly string[]>;
}
