import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { parentPort, workerData } from "node:worker_threads";
import { Collector } from "./collector.ts";
import { LatencyHistogram } from "./latency-histogram.ts";
import type { SinkMessage, SinkRequest, SinkSetup } from "./sink-messages.ts";

const { collectors, whole, stalled, captureFile } = workerData as SinkSetup;
const port = parentPort;
if (port === null) throw new Error("sink-worker.ts runs in a thread of its own");
const tell = (message: SinkMessage): void => port.postMessage(message);

const latencies = new LatencyHistogram();
const connections: Collector[] = [];
const incomplete = new Set(Array.from({ length: collectors }, (_, index) => index));
const reports = () => connections.map((connection) => connection.report());

async function listen(index: number): Promise<number> {
  const server = createServer({ noDelay: true }, (socket) => {
    connections.push(
      new Collector(socket, {
        index,
        whole,
        isStalled: index === stalled,
        captureFile: index === 0 ? captureFile : undefined,
        latencies,
        completed: () => {
          if (incomplete.delete(index) && incomplete.size === 0) tell({ kind: "complete", connections: reports() });
        },
      }),
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

port.on("message", (request: SinkRequest) => {
  if (request === "drop") for (const connection of connections) connection.drop();
  else tell({ kind: "report", report: { connections: reports(), latency: latencies.distribution() } });
});
const ports: number[] = [];
for (let index = 0; index < collectors; index++) ports.push(await listen(index));
tell({ kind: "listening", ports });
