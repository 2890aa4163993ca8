import type { ResetRefusal } from "../bgp/reset-refusal.ts";
import type { BmpSessionKey } from "../bmp/config.ts";
import type { ActionCall, ActionLeaves } from "../datastore/subscriber.ts";
import { dataMissing, operationFailed, resourceDenied } from "../errors/constructors.ts";
import type { RpcError } from "../errors/rpc-error.ts";
import type { PlaneParts } from "./apply-change.ts";
import { actionPaths } from "./unit-paths.ts";

/** Who carries out actions. */
type ActingParts = Pick<PlaneParts, "speaker" | "engine" | "relay">;

/** Carries out an action, at `nowMs` since the epoch. Throws `RpcError`, and has then done nothing. */
export function performAction(call: ActionCall, parts: ActingParts, nowMs: number): ActionLeaves {
  if (call.path === actionPaths.clearBmpSession) {
    const since = parts.engine.clearCounters(sessionKeyOf(call));
    if (since === undefined) throw refused("session", "not-configured");
    return { "cleared-at": dateAndTime(since) };
  }
  const refusal = reset(call, parts);
  if (refusal !== undefined) throw refused(call.path === actionPaths.resetNeighbor ? "neighbour" : "session", refusal);
  return { "reset-at": dateAndTime(nowMs) };
}

/** In the form that the times of <get> have. */
const dateAndTime = (ms: number): string => new Date(ms).toISOString().replace("Z", "+00:00");

function sessionKeyOf({ keys: [vpnInstance = "", address = "", alias = ""] }: ActionCall): BmpSessionKey {
  return { vpnInstance, address, alias };
}

function reset(call: ActionCall, { speaker, engine, relay }: ActingParts): ResetRefusal | undefined {
  const reason = typeof call.input["reason"] === "string" ? call.input["reason"] : "";
  switch (call.path) {
    case actionPaths.resetBmpSession: {
      const words = reason === "" ? "session reset" : `session reset: ${reason}`;
      const refusal = engine.resetSession(sessionKeyOf(call), words);
      // Connections of routers that are relayed belong to the session, too.
      if (refusal === undefined) relay.resetSession(sessionKeyOf(call), words);
      return refusal;
    }
    case actionPaths.resetNeighbor:
      return speaker.resetNeighbor(call.keys[0] ?? "", reason);
    default:
      throw new Error(`no action ${call.path}`);
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
