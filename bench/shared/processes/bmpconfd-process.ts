import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Endpoint } from "../client/endpoint.ts";
import { ROOT } from "../root.ts";
import { Daemon } from "./daemon.ts";
import { createKeyFile } from "./key-file.ts";
import { scratchFolder } from "./scratch.ts";

const MAIN = join(ROOT, "dist/main.js");
const USERNAME = "bench";

/** What the server says once all its listeners are up. */
export interface Readiness {
  /** `address:port` of each listener. */
  readonly netconf: readonly string[];
  readonly bgp: readonly string[];
}

export interface StartedBmpconfd {
  readonly daemon: Daemon;
  readonly endpoint: Endpoint;
  readonly readiness: Readiness;
  readonly startMs: number;
}

/** A data directory of this project's server, with a user who may do everything. */
export class BmpconfdFolder {
  readonly #folder = scratchFolder("bmpconfd");
  readonly #dataFolder = join(this.#folder, "data");
  readonly #keyFile = createKeyFile("user");

  constructor() {
    const key = `${this.#keyFile}.pub`;
    execFileSync(process.execPath, [MAIN, "user", "add", USERNAME, "--key", key, "--data", this.#dataFolder]);
  }

  /** Starts the server as its users do, on ports of its own choice. */
  async start(args: readonly string[], withinMs: number): Promise<StartedBmpconfd> {
    const anyPort = "127.0.0.1:0";
    const listeners = ["--data", this.#dataFolder, "--listen", anyPort, "--bgp-listen", anyPort];
    const daemon = new Daemon("bmpconfd", process.execPath, [MAIN, ...listeners, ...args], this.#folder);
    const { answer: readiness, afterMs } = await daemon.ready(() => readinessIn(daemon.output), withinMs);
    const endpoint = {
      port: portOf(readiness.netconf[0]),
      username: USERNAME,
      privateKey: readFileSync(this.#keyFile, "utf8"),
    };
    return { daemon, endpoint, readiness, startMs: afterMs };
  }
}

/** The port of `address:port`. */
export const portOf = (endpoint = ""): number => Number(endpoint.split(":").at(-1));

function readinessIn(output: string): Readiness | undefined {
  const line = output.split("\n").find((text) => text.startsWith('{"ready":true'));
  return line === undefined ? undefined : (JSON.parse(line) as Readiness);
}
