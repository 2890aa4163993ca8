import { execFile } from "node:child_process";
import type { Log } from "./observe/log.ts";

/** Time that telling may take, in ms. */
const LIMIT_MS = 5_000;

/** What systemd is told of (sd_notify(3)). */
export type ServiceState = "READY=1" | "STOPPING=1";

/**
 * Tells systemd about the service's state when it asked for it: a unit of `Type=notify` has `NOTIFY_SOCKET` in its
 * environment. Node has no datagram sockets in the file system, so systemd's own program does it. Returns at once;
 * a failure is logged.
 */
export function tellServiceManager(state: ServiceState, log: Log): void {
  if (process.env["NOTIFY_SOCKET"] === undefined) return;
  execFile("systemd-notify", [state], { timeout: LIMIT_MS }, (error) => {
    if (error === null) return;
    log("error", `systemd cannot be told ${state}. Install systemd-notify, or make the unit Type=exec`, { error });
  });
}
