import { onTestFinished } from "vitest";
import type { Clock } from "../../src/bgp/clock.ts";
import type { NeighborConfig } from "../../src/bgp/config.ts";
import type { BgpLimits } from "../../src/bgp/limits.ts";
import type { PrefixEvent } from "../../src/bgp/prefix-watch.ts";
import type { EstablishedPeer, PeerDownReason, RibName, RouteObserver } from "../../src/bgp/route-source.ts";
import { BgpSpeaker } from "../../src/bgp/speaker.ts";
import { ROUTER_AS } from "./router.ts";

export const LOCAL_AS = 65010;

export function neighbor(changes: Partial<NeighborConfig> = {}): NeighborConfig {
  return {
    address: "127.0.0.1",
    vpnInstance: "_public_",
    remoteAs: ROUTER_AS,
    enabled: true,
    adminLabels: [],
    connectionMode: "passive",
    port: 1,
    holdTimeS: 90,
    connectRetryS: 30,
    families: ["ipv4-unicast", "ipv6-unicast"],
    addPathReceive: [],
    maximumPrefixes: 1000,
    familyMaximums: [],
    prefixWarningPercent: 75,
    ...changes,
  };
}

export type Observed =
  | { readonly event: "up"; readonly peer: EstablishedPeer }
  | { readonly event: "update"; readonly peer: EstablishedPeer; readonly pdu: Uint8Array; readonly receivedAt: number }
  | { readonly event: "down"; readonly peer: EstablishedPeer; readonly reason: PeerDownReason };

/** An observer that is asked one event at a time. */
export class Recorder implements RouteObserver {
  readonly #events: Observed[] = [];
  /** Messages as received; `after`: the event that was told last. */
  readonly messages: { readonly after: string; readonly pdu: Uint8Array; readonly isErrored: boolean }[] = [];
  #last = "";
  #wake: () => void = () => {};

  peerUp(peer: EstablishedPeer): void {
    this.#push({ event: "up", peer });
  }

  received(_peer: EstablishedPeer, pdu: Uint8Array, _receivedAt: number, isErrored: boolean): void {
    this.messages.push({ after: this.#last, pdu: new Uint8Array(pdu), isErrored });
  }

  update(peer: EstablishedPeer, rib: RibName, pdu: Uint8Array, receivedAt: number): void {
    if (rib === "adj-rib-in-post") return;
    this.#push({ event: "update", peer, pdu: new Uint8Array(pdu), receivedAt });
  }

  peerDown(peer: EstablishedPeer, reason: PeerDownReason): void {
    this.#push({ event: "down", peer, reason });
  }

  get pending(): number {
    return this.#events.length;
  }

  async next<E extends Observed["event"]>(event: E): Promise<Extract<Observed, { event: E }>> {
    while (this.#events.length === 0)
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    const observed = this.#events.shift();
    if (observed?.event !== event) throw new Error(`${observed?.event} where ${event} is due`);
    return observed as Extract<Observed, { event: E }>;
  }

  #push(observed: Observed): void {
    this.#last = observed.event;
    this.#events.push(observed);
    this.#wake();
  }
}

/** Time that passes when the test says so. */
export class ManualClock implements Clock {
  #nowMs = 0;
  readonly #timers = new Set<{ readonly dueMs: number; readonly callback: () => void }>();

  now(): number {
    return 1_000_000 + this.#nowMs;
  }

  monotonic(): number {
    return this.#nowMs;
  }

  setTimer(callback: () => void, delayMs: number): { cancel(): void } {
    const timer = { dueMs: this.#nowMs + delayMs, callback };
    this.#timers.add(timer);
    return { cancel: () => this.#timers.delete(timer) };
  }

  defer(callback: () => void): void {
    setImmediate(callback);
  }

  /** Delays, from now, of the timers that run. */
  get delaysMs(): number[] {
    return [...this.#timers].map(({ dueMs }) => dueMs - this.#nowMs).sort((a, b) => a - b);
  }

  advance(ms: number): void {
    const endMs = this.#nowMs + ms;
    for (;;) {
      const [next] = [...this.#timers].filter(({ dueMs }) => dueMs <= endMs).sort((a, b) => a.dueMs - b.dueMs);
      if (next === undefined) break;
      this.#timers.delete(next);
      this.#nowMs = next.dueMs;
      next.callback();
    }
    this.#nowMs = endMs;
  }
}

export interface SpeakerLab {
  readonly speaker: BgpSpeaker;
  readonly recorder: Recorder;
  readonly port: number;
  readonly log: string[];
}

/** A configured speaker on a free port of loopback, stopped when the test ends. */
export async function startSpeaker(
  options: {
    readonly clock?: Clock;
    readonly limits?: Partial<BgpLimits>;
    readonly neighbors?: readonly NeighborConfig[];
    readonly listen?: string;
    readonly isConfigured?: boolean;
    readonly report?: (event: PrefixEvent) => void;
  } = {},
): Promise<SpeakerLab> {
  const recorder = new Recorder();
  const log: string[] = [];
  const speaker = new BgpSpeaker({
    observer: recorder,
    listen: [{ address: options.listen ?? "127.0.0.1", port: 0 }],
    log: (_level, message, fields) => log.push(`${message} ${JSON.stringify(fields)}`),
    random: () => 0.5,
    ...(options.report && { report: options.report }),
    ...(options.clock && { clock: options.clock }),
    ...(options.limits && { limits: options.limits }),
  });
  const [bound] = await speaker.listen();
  if (options.isConfigured !== false) speaker.configure({ localAs: LOCAL_AS, routerId: "0.0.0.5" });
  for (const config of options.neighbors ?? [neighbor()]) speaker.setNeighbor(config);
  onTestFinished(() => speaker.stop());
  return { speaker, recorder, port: bound?.port ?? 0, log };
}
