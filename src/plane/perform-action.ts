import type { ResetRefusal } from "../bgp/reset-refusal.ts";
import type { BgpSpeaker } from "../bgp/speaker.ts";
import type { BmpEngine } from "../bmp/engine.ts";
import type { ActionCall, ActionLeaves } from "../datastore/subscriber.ts";
import { dataMissing, operationFailed, resourceDenied } from "../errors/constructors.ts";
import type { RpcError } from "../errors/rpc-error.ts";
import { actionPaths } from "./unit-paths.ts";

/** Carries out an action, at `nowMs` since the epoch. Throws `RpcError`, and has then done nothing. */
export function performAction(call: ActionCall, speaker: BgpSpeaker, engine: BmpEngine, nowMs: number): ActionLeaves {
  const isNeighbor = call.path === actionPaths.resetNeighbor;
  const refusal = perform(call, speaker, engine);
  if (refusal !== undefined) throw refused(isNeighbor ? "neighbour" : "session", refusal);
  const output = call.path === actionPaths.clearBmpSession ? "cleared-at" : "reset-at";
  // The form that the times of <get> have.
  return { [output]: new Date(nowMs).toISOString().replace("Z", "+00:00") };
}

function perform({ path, keys, input }: ActionCall, speaker: BgpSpeaker, engine: BmpEngine): ResetRefusal | undefined {
  const [first = "", second = "", third = ""] = keys;
  const reason = typeof input["reason"] === "string" ? input["reason"] : "";
  const session = { vpnInstance: first, address: second, alias: third };
  switch (path) {
    case actionPaths.resetBmpSession:
      return engine.resetSession(session, reason === "" ? "session reset" : `session reset: ${reason}`);
    case actionPaths.clearBmpSession:
      return engine.clearCounters(session) ? undefined : "not-configured";
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
