import { MessageType } from "../bmp/codec/iana.ts";

/** BMP messages received, by type. */
export interface ReceivedMessages {
  readonly routeMonitoring: number;
  readonly statisticsReport: number;
  readonly peerDown: number;
  readonly peerUp: number;
  readonly initiation: number;
  readonly termination: number;
  readonly routeMirroring: number;
  /** Of all other types. */
  readonly unknown: number;
}

const NAMES: Readonly<Record<number, keyof ReceivedMessages>> = Object.fromEntries(
  Object.entries(MessageType).map(([name, type]) => [type, name]),
) as Record<number, keyof typeof MessageType>;

export class ReceivedCounter {
  readonly #counts: Record<keyof ReceivedMessages, number> = {
    routeMonitoring: 0,
    statisticsReport: 0,
    peerDown: 0,
    peerUp: 0,
    initiation: 0,
    termination: 0,
    routeMirroring: 0,
    unknown: 0,
  };

  get counts(): ReceivedMessages {
    return this.#counts;
  }

  count(type: number): void {
    this.#counts[NAMES[type] ?? "unknown"]++;
  }
}
