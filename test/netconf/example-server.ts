import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import { AccessControl } from "../../src/access/access-control.ts";
import { CliServer } from "../../src/cli/cli-server.ts";
import type { CliLimits } from "../../src/cli/limits.ts";
import type { CommitSubscriber, StateProvider } from "../../src/datastore/subscriber.ts";
import { nacmPaths } from "../../src/nacm/nacm-units.ts";
import { NetconfServer } from "../../src/netconf/netconf-server.ts";
import { EventStream } from "../../src/notifications/event-stream.ts";
import { UrlStores } from "../../src/url/url-stores.ts";
import { allUnitPaths } from "../datastore/all-unit-paths.ts";
import type { RecordingPerformer } from "../datastore/recording-performer.ts";
import { ServiceFixture } from "../datastore/service-fixture.ts";
import { FakeChannel } from "./fake-channel.ts";
import { FakeTimers } from "./fake-timers.ts";
import { Client, clientHello } from "./harness.ts";

const moduleFile = (name: string): string => fileURLToPath(new URL(`../yang/modules/${name}.yang`, import.meta.url));

/** What is configured has no effect, but for access control. */
const others: CommitSubscriber = {
  paths: allUnitPaths.filter((path) => !Object.values<string>(nacmPaths).includes(path)),
  adopt: () => {},
  prepare: async () => ({ apply: () => {}, abort: () => {} }),
};

/** A server with a disk, which serves the models of an RFC's examples as plain configuration, as `--yang` does. */
export class ExampleServer {
  readonly #fixture: ServiceFixture;
  readonly #server: NetconfServer;
  readonly events: EventStream;
  readonly #access: AccessControl;
  readonly #cliServers: CliServer[] = [];

  constructor(fixture: ServiceFixture, server: NetconfServer, events: EventStream, access: AccessControl) {
    this.#fixture = fixture;
    this.#server = server;
    this.events = events;
    this.#access = access;
  }

  /** `modules`: of test/yang/modules. `state`: what is to be told of their state. */
  static async start(modules: readonly string[] = [], state: readonly string[] = []): Promise<ExampleServer> {
    const access = new AccessControl();
    const events = new EventStream();
    let server = undefined as NetconfServer | undefined;
    const own: StateProvider = { state: async (filter) => (await server?.state(filter)) ?? [] };
    const fixture = await ServiceFixture.start(modules.map(moduleFile), [], {
      subscribers: [others, access],
      stateProviders: [own, access, { state: async () => state }],
    });
    server = new NetconfServer({
      datastores: fixture.service,
      urls: new UrlStores({ schemes: ["file"], filesFolder: join(fixture.folder, "files") }),
      access,
      events,
      log: () => {},
    });
    return new ExampleServer(fixture, server, events, access);
  }

  async stop(): Promise<void> {
    await Promise.all([this.#server, ...this.#cliServers].map((server) => server.stop()));
    await this.#fixture.stop();
  }

  /** A session after both hellos. */
  async open(username = "admin", group = "admin"): Promise<Client> {
    const client = this.greeted(username, group);
    client.takeSent();
    await client.send(clientHello("1.1"));
    return client;
  }

  /** A session that has got the server's hello. */
  greeted(username = "admin", group = "admin"): Client {
    const channel = new FakeChannel(username, group);
    return new Client(channel, this.#server.accept(channel));
  }

  /** What carries out actions. */
  get performer(): RecordingPerformer {
    return this.#fixture.performer;
  }

  /** A command line beside NETCONF; stopped with the server. */
  cli(limits: Partial<CliLimits> = {}, timers = new FakeTimers()): CliServer {
    const cli = new CliServer({
      datastores: this.#fixture.service,
      access: this.#access,
      registry: this.#server.registry,
      events: this.events,
      log: () => {},
      hostName: "HOST",
      product: "bmpconfd 0.0.0",
      limits,
      startTimer: timers.start,
    });
    this.#cliServers.push(cli);
    return cli;
  }

  /** Time goes on, and what comes of it is done. */
  advance(seconds: number): Promise<void> {
    return this.#fixture.advance(seconds);
  }
}

/** An XML text as it is without what RFCs put in for people: white space between elements and attributes. */
export function compact(xml: string): string {
  return xml
    .trim()
    .replaceAll(/>\s+</g, "><")
    .replaceAll(/<[^>]*>/g, (tag) => tag.replaceAll(/\s+/g, " ").replace(/ (?=\/?>$)/, ""))
    .replaceAll(/<([\w:-]+)([^<>]*)><\/\1>/g, "<$1$2/>");
}

/** Sends a request as the RFC has it, and compares the whole reply. */
export async function example(client: Client, request: string, reply: string): Promise<void> {
  expect(await asked(client, request)).toBe(compact(reply));
}

/** The whole reply to a request. */
export async function asked(client: Client, request: string): Promise<string> {
  await client.send(`\n#${Buffer.byteLength(request)}\n${request}\n##\n`);
  const replies = await client.takeMessages();
  expect(replies.length).toBe(1);
  return compact(replies[0] as string);
}

export const OK = `<rpc-reply message-id="101" xmlns="urn:ietf:params:xml:ns:netconf:base:1.0"><ok/></rpc-reply>`;
