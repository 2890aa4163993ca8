import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ListModel } from "../load/list-model.ts";
import { ROOT } from "../root.ts";
import { Daemon } from "./daemon.ts";
import { createKeyFile } from "./key-file.ts";
import { cpuMsOf, rssBytesOf } from "./process-usage.ts";
import { scratchFolder } from "./scratch.ts";
import type { RunningServer, Server } from "./server.ts";
import { wasmBytesOf } from "./wasm-memory.ts";

const MAIN = join(ROOT, "dist/main.js");
const USERNAME = "bench";

/** The server of this project, as its users start it. */
export class Bmpconfd implements Server {
  readonly #folder = scratchFolder("bmpconfd");
  readonly #dataFolder = join(this.#folder, "data");
  readonly #keyFile = createKeyFile("user");
  readonly #model: ListModel;

  constructor(model: ListModel) {
    this.#model = model;
    const key = `${this.#keyFile}.pub`;
    execFileSync(process.execPath, [MAIN, "user", "add", USERNAME, "--key", key, "--data", this.#dataFolder]);
  }

  async start(withinMs: number): Promise<RunningServer> {
    const anyPort = "127.0.0.1:0";
    const { yangFile } = this.#model;
    const args = ["--data", this.#dataFolder, "--listen", anyPort, "--bgp-listen", anyPort];
    if (yangFile !== undefined) args.push("--yang", yangFile);
    const daemon = new Daemon("bmpconfd", process.execPath, [MAIN, ...args], this.#folder);
    const { answer: port, afterMs } = await daemon.ready(() => portOf(daemon.output), withinMs);
    return {
      endpoint: { port, username: USERNAME, privateKey: readFileSync(this.#keyFile, "utf8") },
      startMs: afterMs,
      cpuMs: () => cpuMsOf(daemon.pid),
      memory: () => ({ rssBytes: rssBytesOf(daemon.pid), wasmBytes: wasmBytesOf(daemon.pid) }),
      stop: () => daemon.stop(),
      kill: () => daemon.stop("SIGKILL"),
    };
  }
}

/** Of the line that says that all listeners are up. */
function portOf(output: string): number | undefined {
  const line = output.split("\n").find((text) => text.startsWith('{"ready":true'));
  if (line === undefined) return undefined;
  const { netconf } = JSON.parse(line) as { readonly netconf: readonly string[] };
  return Number(netconf[0]?.split(":").at(-1));
}
