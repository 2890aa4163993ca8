import type { ActionCall, ConfigChange } from "../datastore/subscriber.ts";
import type { RpcErrorEntry } from "../errors/rpc-error.ts";
import type { Endpoint } from "../net/listen.ts";
import type { PlaneEvent } from "./plane-event.ts";
import type { StateScope } from "./state-scope.ts";

/** What of a change may turn out to be impossible. */
export interface PlaneChange {
  /** Units that may be refused. */
  readonly change: ConfigChange;
  /** Units by which listeners get TCP MD5 keys, or give them back. */
  readonly keyed: ConfigChange;
}

/** To the plane's thread. */
export type PlaneRequest =
  | { readonly kind: "start"; readonly id: number }
  | ({ readonly kind: "prepare"; readonly id: number } & PlaneChange)
  /** The change that was prepared last is not made. */
  | { readonly kind: "abort" }
  | { readonly kind: "apply"; readonly change: ConfigChange }
  | { readonly kind: "state"; readonly id: number; readonly scope: StateScope }
  | { readonly kind: "action"; readonly id: number; readonly call: ActionCall }
  | { readonly kind: "figures"; readonly id: number }
  | { readonly kind: "stop"; readonly id: number };

/** Something happened, at `timeMs` since the epoch. */
export interface ReportedEvent {
  readonly kind: "event";
  readonly event: PlaneEvent;
  readonly timeMs: number;
}

/** From the plane's thread. */
export type PlaneReply =
  | { readonly kind: "done"; readonly id: number; readonly value: unknown }
  | { readonly kind: "refused"; readonly id: number; readonly entries: readonly RpcErrorEntry[] }
  | ReportedEvent
  | {
      readonly kind: "log";
      readonly level: "debug" | "info" | "warn" | "error";
      readonly message: string;
      readonly fields: Readonly<Record<string, unknown>>;
    };

/** What the thread needs to build the plane. */
export interface PlaneSetup {
  readonly bgpListen: readonly Endpoint[];
  readonly hostName: string;
  readonly productDescription: string;
  /** Where the files of MRT feeds are; undefined: nowhere. */
  readonly mrtFolder: string | undefined;
}
