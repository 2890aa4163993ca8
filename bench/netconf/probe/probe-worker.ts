import { setTimeout as delay } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import { NetconfClient } from "../../shared/client/netconf-client.ts";
import { PROBE_INTERVAL_MS, type ProbeMessage, type ProbeRequest, type ProbeSetup } from "./probe-messages.ts";

const { endpoint, operation } = workerData as ProbeSetup;
const port = parentPort;
if (port === null) throw new Error("probe-worker.ts runs in a thread of its own");
const tell = (message: ProbeMessage): void => port.postMessage(message);

const client = await NetconfClient.connect(endpoint);
// The first reply is slower: code is compiled.
await client.rpc(operation);

let isWatching = false;

async function watch(): Promise<void> {
  const waitsMs: number[] = [];
  isWatching = true;
  tell({ kind: "watching" });
  do {
    const sentAtMs = performance.now();
    const { receivedAtMs } = await client.rpc(operation);
    waitsMs.push(receivedAtMs - sentAtMs);
    await delay(Math.max(0, sentAtMs + PROBE_INTERVAL_MS - performance.now()));
  } while (isWatching);
  tell({ kind: "waits", waitsMs });
}

// A request that fails ends the thread, and whoever watches gets the reason: an unhandled rejection is an error of it.
port.on("message", (request: ProbeRequest) => {
  if (request === "stop") isWatching = false;
  else void watch();
});
tell({ kind: "connected" });
