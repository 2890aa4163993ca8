import type { ResetRefusal } from "../bgp/reset-refusal.ts";
import type { BgpSpeaker } from "../bgp/speaker.ts";
import type { BmpEngine } from "../bmp/engine.ts";
import type { ActionCall, ActionLeaves } from "../datastore/subscriber.ts";
import { dataMissing, operationFailed, resourceDenied } from "../errors/constructors.ts";
import type { RpcError } from "../errors/rpc-error.ts";
import { actionPaths } from "./unit-paths.ts";

/** Carries out an action, at `nowMs` since the epoch. Throws `RpcError`, and has then done nothing. */
export function performAction(call: ActionCall, speaker: BgpSpeaker, engine: BmpEngine, nowMs: number): ActionLeaves {
  const refusal = reset(call, speaker, engine);
  if (refusal !== undefined) throw refused(call.path === actionPaths.resetNeighbor ? "neighbour" : "session", refusal);
  // The form that the times of <get> have.
  return { "reset-at": new Date(nowMs).toISOString().replace("Z", "+00:00") };
}

function reset({ path, keys, input }: ActionCall, speaker: BgpSpeaker, engine: BmpEngine): ResetRefusal | undefined {
  const [first = "", second = "", third = ""] = keys;
  const reason = typeof input["reason"] === "string" ? input["reason"] : "";
  switch (path) {
    case actionPaths.resetBmpSession: {
      const key = { vpnInstance: first, address: second, alias: third };
      return engine.resetSession(key, reason === "" ? "session reset" : `session reset: ${reason}`);
    }
    case actionPaths.resetNeighbor:
      return speaker.resetNeighbor(first, reason);
    default:
      throw new Error(`no action ${path}`);
  }
}

function refused(what: string, refusal: ResetRefusal): RpcError {
  switch (refusal) {
    case "not-configured":
      return dataMissing(`The ${what} was removed before the action was carried out.`);
    case "disabled":
      return operationFailed(`The ${what} is disabled; enable it instead, which connects at once.`, {
        appTag: "disabled",
      });
    case "too-soon":
      return resourceDenied(`The ${what} was reset a moment ago. Try again in a second.`, {
        type: "application",
        appTag: "too-soon",
      });
  }
}
