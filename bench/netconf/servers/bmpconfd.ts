import { BmpconfdFolder } from "../../shared/processes/bmpconfd-process.ts";
import { cpuMsOf, rssBytesOf } from "../../shared/processes/process-usage.ts";
import type { ListModel } from "../load/list-model.ts";
import type { RunningServer, Server } from "./server.ts";
import { wasmBytesOf } from "./wasm-memory.ts";

/** The server of this project, as its users start it. */
export class Bmpconfd implements Server {
  readonly #folder = new BmpconfdFolder();
  readonly #model: ListModel;

  constructor(model: ListModel) {
    this.#model = model;
  }

  async start(withinMs: number): Promise<RunningServer> {
    const { yangFile } = this.#model;
    const args = yangFile === undefined ? [] : ["--yang", yangFile];
    const { daemon, endpoint, startMs } = await this.#folder.start(args, withinMs);
    return {
      endpoint,
      startMs,
      cpuMs: () => cpuMsOf(daemon.pid),
      memory: () => ({ rssBytes: rssBytesOf(daemon.pid), wasmBytes: wasmBytesOf(daemon.pid) }),
      stop: () => daemon.stop(),
      kill: () => daemon.stop("SIGKILL"),
    };
  }
}
