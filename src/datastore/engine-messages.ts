import type { RpcErrorEntry } from "../errors/rpc-error.ts";
import type { EngineMethod } from "./engine-api.ts";

/** To the engine's thread, in arrays: one call. */
export interface EngineCall {
  readonly id: number;
  readonly method: EngineMethod;
  readonly args: readonly unknown[];
}

/** From the engine's thread, in arrays. `started` comes once, before any call is answered. */
export type EngineReply =
  | { readonly kind: "started" }
  | { readonly kind: "failed-to-start"; readonly message: string }
  | {
      readonly kind: "log";
      readonly level: "info" | "warn" | "error";
      readonly message: string;
      readonly fields: Readonly<Record<string, unknown>>;
    }
  | { readonly kind: "result"; readonly id: number; readonly value: unknown }
  | { readonly kind: "refused"; readonly id: number; readonly entries: readonly RpcErrorEntry[] }
  /** The instance is lost: a trap, or an error that is our own fault. */
  | { readonly kind: "broken"; readonly id: number; readonly message: string };

/** What the thread needs to build the engine. */
export interface EngineSetup {
  readonly wasm: WebAssembly.Module;
  readonly dataFolder: string;
  readonly yangFolder: string;
  readonly extraYangFiles: readonly string[];
  readonly netconfFeatures: readonly string[];
  readonly unitPaths: readonly string[];
  /** Schema paths of the actions that are carried out. */
  readonly actionPaths: readonly string[];
  /** For `EngineProgress`. */
  readonly progress: SharedArrayBuffer;
}
