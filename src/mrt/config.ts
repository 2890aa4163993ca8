/** One entry of `/bmpconfd-mrt:mrt/feed`. */
export interface MrtFeedConfig {
  readonly name: string;
  /** Below the folder that the operator allows. */
  readonly file: string;
  readonly enabled: boolean;
  /** 1 = as recorded, 2 = twice as fast; Infinity = without waiting. */
  readonly replaySpeed: number;
  readonly repeat: boolean;
  /** Addresses in any form; none = all peers. */
  readonly peers: readonly string[];
}
