import { NetconfClient } from "../../shared/client/netconf-client.ts";
import { BmpconfdFolder, portOf } from "../../shared/processes/bmpconfd-process.ts";
import { cpuMsOf, rssBytesOf } from "../../shared/processes/process-usage.ts";
import { ROUTER_ADDRESS } from "../feed/router.ts";
import { EXPORTER_AS, type Exporter, type RunningExporter } from "./exporter.ts";

const START_MS = 30_000;
const BASE_NAMESPACE = "urn:ietf:params:xml:ns:netconf:base:1.0";

/** The server of this project. */
export class Bmpconfd implements Exporter {
  readonly name = "bmpconfd";

  async start(routerAs: number): Promise<RunningBmpconfd> {
    const { daemon, endpoint, readiness } = await new BmpconfdFolder().start([], START_MS);
    const client = await NetconfClient.connect(endpoint);
    const exporter = new RunningBmpconfd(daemon, client, portOf(readiness.bgp[0]));
    await exporter.commit(
      `<bgp xmlns="urn:bmpconfd:yang:bgp"><local-as>${EXPORTER_AS}</local-as><router-id>10.255.0.1</router-id>` +
        `<neighbor><address>${ROUTER_ADDRESS}</address><remote-as>${routerAs}</remote-as>` +
        "<connection-mode>passive</connection-mode><hold-time>240</hold-time>" +
        "<address-family>ipv4-unicast</address-family></neighbor></bgp>",
    );
    return exporter;
  }
}

export class RunningBmpconfd implements RunningExporter {
  readonly #daemon: { readonly pid: number; stop(): Promise<void> };
  readonly #client: NetconfClient;
  readonly bgpPort: number;

  constructor(daemon: { readonly pid: number; stop(): Promise<void> }, client: NetconfClient, bgpPort: number) {
    this.#daemon = daemon;
    this.#client = client;
    this.bgpPort = bgpPort;
  }

  async setCollectors(ports: readonly number[]): Promise<void> {
    await this.setSessions(ports.map((port, index) => sessionElement(`c${index}`, port)).join(""));
  }

  /** Replaces all sessions. */
  async setSessions(sessions: string): Promise<void> {
    await this.commit(
      `<bmp xmlns="urn:bmpconfd:yang:bmp" xmlns:nc="${BASE_NAMESPACE}" nc:operation="replace">${sessions}</bmp>`,
    );
  }

  /** Merges into the configuration. */
  async commit(config: string): Promise<void> {
    await this.#client.rpc(`<edit-config><target><candidate/></target><config>${config}</config></edit-config>`);
    await this.#client.rpc("<commit/>");
  }

  cpuMs(): number {
    return cpuMsOf(this.#daemon.pid);
  }

  rssBytes(): number {
    return rssBytesOf(this.#daemon.pid);
  }

  async stop(): Promise<void> {
    this.#client.close();
    await this.#daemon.stop();
  }
}

/** A `bmp-session` entry that is told apart by its alias; `leaves` = what else it has. */
export const sessionElement = (alias: string, port: number, leaves = ""): string =>
  "<bmp-session><vpn-instance>_public_</vpn-instance><address>127.0.0.1</address>" +
  `<alias>${alias}</alias><port>${port}</port>${leaves}</bmp-session>`;
