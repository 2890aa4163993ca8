import { RpcCounters } from "./rpc-counters.ts";

/** Why a session ended; RFC 6470 section 2.2 has the names. */
export type TerminationReason = "closed" | "killed" | "dropped" | "timeout" | "bad-hello" | "other";

/** What is counted of all sessions since the server started (RFC 6022, container statistics). */
export class ServerStatistics {
  readonly startTime = new Date();
  readonly total = new RpcCounters();
  /** Sessions to which a hello was sent. */
  inSessions = 0;
  /** Sessions ended because of the client's hello. */
  inBadHellos = 0;
  /** Sessions that ended neither by `<close-session>` nor by `<kill-session>`, nor because of the hello. */
  droppedSessions = 0;

  sessionStarted(): void {
    this.inSessions++;
  }

  sessionEnded(why: TerminationReason): void {
    if (why === "bad-hello") this.inBadHellos++;
    else if (why !== "closed" && why !== "killed") this.droppedSessions++;
  }
}
