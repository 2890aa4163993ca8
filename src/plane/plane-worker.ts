import { parentPort, workerData } from "node:worker_threads";
import type { EstablishedPeer } from "../bgp/route-source.ts";
import { BgpSpeaker } from "../bgp/speaker.ts";
import { BmpEngine } from "../bmp/engine.ts";
import { RpcError } from "../errors/rpc-error.ts";
import { MrtFeeds } from "../mrt/feeds.ts";
import { MrtFolder } from "../mrt/mrt-folder.ts";
import { md5Capacity, md5Problem, networkProblem, timeoutProblem } from "../net/linux-socket.ts";
import { whenLost } from "../net/network-namespace.ts";
import { Relay } from "../relay/relay.ts";
import { threadFigures } from "../thread-figures.ts";
import { applyChange } from "./apply-change.ts";
import type { Machine } from "./check-change.ts";
import { EventLimiter } from "./event-limiter.ts";
import { performAction } from "./perform-action.ts";
import { reportingPeers } from "./plane-event.ts";
import type { PlaneReply, PlaneRequest, PlaneSetup } from "./plane-messages.ts";
import { discardPrepared, prepareChange } from "./prepare-change.ts";
import { relayDocuments } from "./relay-documents.ts";
import { stateDocuments } from "./state-documents.ts";
import type { StateScope } from "./state-scope.ts";

/** The monitoring plane's thread: BGP speaker and BMP engine, behind messages. */
const port = parentPort;
if (port === null) throw new Error("plane-worker runs as a worker thread only");
const setup = workerData as PlaneSetup;

const reply = (message: PlaneReply) => port.postMessage(message);
type Level = Extract<PlaneReply, { kind: "log" }>["level"];
const log = (level: Level, message: string, fields: Readonly<Record<string, unknown>> = {}) =>
  reply({ kind: "log", level, message, fields });

whenLost((error) => {
  log("error", error.message);
  return process.exit(1);
});

const engine: BmpEngine = new BmpEngine({
  routes: () => ({ establishedPeers }),
  identity: { kind: "own", hostName: setup.hostName, productDescription: setup.productDescription },
  log,
  report: (event) => events.report({ kind: "bmp-session", event }),
});
const events = new EventLimiter((event) => reply({ kind: "event", event, timeMs: Date.now() }));
const observer = reportingPeers(engine, (event) => events.report(event));
const speaker = new BgpSpeaker({
  observer,
  listen: setup.bgpListen,
  log,
  report: (event) => events.report(event),
});
const mrtFolder = new MrtFolder(setup.mrtFolder);
const machine: Machine = {
  networkProblem,
  md5Problem,
  md5Capacity,
  timeoutProblem,
  mrtProblem: (file) => mrtFolder.problem(file),
};
// Its peers are no neighbours that anybody has configured, so that their going up and down is not reported as theirs.
const feeds = new MrtFeeds({ folder: mrtFolder, observer: engine, log });
const relay = new Relay({ log });
const listening = { speaker, engine, relay };
const parts = { ...listening, feeds };

function* establishedPeers(): Iterable<EstablishedPeer> {
  yield* speaker.establishedPeers();
  yield* feeds.establishedPeers();
}

async function state(scope: StateScope): Promise<readonly string[]> {
  const documents: string[] = [];
  for (const part of [stateDocuments(scope, parts), relayDocuments(scope, relay)]) {
    for (const document of part) {
      documents.push(document);
      await new Promise(setImmediate);
    }
  }
  return documents;
}

async function answer(request: Exclude<PlaneRequest, { kind: "apply" | "abort" }>): Promise<unknown> {
  switch (request.kind) {
    case "start":
      return speaker.listen();
    case "prepare":
      return prepareChange(request, machine, listening);
    case "state":
      return state(request.scope);
    case "action":
      return performAction(request.call, parts, Date.now());
    case "figures":
      return threadFigures();
    case "stop":
      // Collectors are told that we stop, not that the peers went down first.
      await Promise.all([engine.stop(), relay.stop()]);
      feeds.stop();
      await speaker.stop();
      return events.stop();
  }
}

async function received(request: PlaneRequest): Promise<void> {
  if (request.kind === "abort") return discardPrepared(listening);
  if (request.kind === "apply") return applyChange(request.change, parts);
  try {
    reply({ kind: "done", id: request.id, value: await answer(request) });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const entries =
      error instanceof RpcError ? error.entries : [{ type: "application", tag: "operation-failed", message } as const];
    reply({ kind: "refused", id: request.id, entries });
  }
}

port.on("message", (request: PlaneRequest) => void received(request));
