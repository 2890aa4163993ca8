import type { Endpoint } from "../../shared/client/endpoint.ts";

/** What the probe's thread is started with. */
export interface ProbeSetup {
  readonly endpoint: Endpoint;
  /** The operation it sends. */
  readonly operation: string;
}

export type ProbeRequest = "watch" | "stop";

export type ProbeMessage =
  | { readonly kind: "connected" }
  | { readonly kind: "watching" }
  /** How long each reply has taken. */
  | { readonly kind: "waits"; readonly waitsMs: readonly number[] };

/** Time between two requests, unless a reply takes longer. */
export const PROBE_INTERVAL_MS = 5;
