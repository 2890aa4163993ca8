import { hostname } from "node:os";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { loadLibyangModule } from "libyang-wasm";
import { AccessControl } from "./access/access-control.ts";
import { AllUsers } from "./access/all-users.ts";
import { ConfiguredUsers } from "./access/configured-users.ts";
import { loadHostKeys } from "./access/host-keys.ts";
import { UserStore } from "./access/user-store.ts";
import { CliServer } from "./cli/cli-server.ts";
import type { HostPort } from "./commands/serve-arguments.ts";
import { DatastoreService } from "./datastore/datastore-service.ts";
import { LimitConfiguration } from "./netconf/configured-limits.ts";
import { NetconfServer } from "./netconf/netconf-server.ts";
import { configChange, confirmedCommit } from "./notifications/base-notifications.ts";
import { EventStream } from "./notifications/event-stream.ts";
import { StreamState } from "./notifications/stream-state.ts";
import { HttpListener } from "./observe/http-listener.ts";
import type { Log } from "./observe/log.ts";
import { type AnsweredRpc, Metrics, metricsResource } from "./observe/metrics.ts";
import type { MetricsSource } from "./observe/metrics-source.ts";
import { PlaneReader } from "./observe/plane-state.ts";
import { packageVersion, yangFolder } from "./package-files.ts";
import { MonitoringPlane } from "./plane/monitoring-plane.ts";
import { planeNotification } from "./plane/plane-notification.ts";
import { statusResources } from "./status/status-resources.ts";
import { bootId } from "./storage/boot-id.ts";
import { FileEventLog } from "./storage/file-event-log.ts";
import { SystemState } from "./system/system-state.ts";
import { threadFigures } from "./thread-figures.ts";
import { ConfiguredListeners } from "./transport/configured-listeners.ts";
import { SshListener } from "./transport/ssh-listener.ts";
import type { UrlScheme } from "./url/url-store.ts";
import { UrlStores } from "./url/url-stores.ts";

export interface ServerOptions {
  /** Claimed by the caller. */
  readonly dataFolder: string;
  readonly listen: readonly HostPort[];
  readonly bgpListen: readonly HostPort[];
  readonly metrics: readonly HostPort[];
  readonly mrtFolder: string | undefined;
  readonly yangFiles: readonly string[];
  readonly urlSchemes: readonly UrlScheme[];
  readonly log: Log;
}

/** Where the server can be reached. */
export interface Endpoints {
  readonly netconf: readonly HostPort[];
  readonly bgp: readonly HostPort[];
  readonly metrics: readonly HostPort[];
}

/** A listener's address cannot be bound. Exit code 3. */
export class BindError extends Error {
  constructor(what: string, cause: unknown) {
    super(`Cannot listen for ${what}: ${(cause as Error).message}. Stop what uses the address, or give another one.`, {
      cause,
    });
    this.name = "BindError";
  }
}

/** Composition root: builds every layer, starts them from the inside out and stops them the other way round. */
export class Server {
  readonly #options: ServerOptions;
  readonly #plane: MonitoringPlane;
  readonly #datastores: DatastoreService;
  readonly #events: EventStream;
  readonly #netconf: NetconfServer;
  readonly #cli: CliServer;
  readonly #ssh: SshListener;
  readonly #configuredListeners: ConfiguredListeners;
  readonly #http: HttpListener;

  static async create(options: ServerOptions): Promise<Server> {
    compileAtOnce();
    return new Server(options, await loadLibyangModule());
  }

  private constructor(options: ServerOptions, wasm: WebAssembly.Module) {
    const { dataFolder, log } = options;
    const productDescription = `bmpconfd ${packageVersion()}`;
    this.#options = options;
    this.#events = new EventStream({ eventLog: new FileEventLog({ dataFolder, log }) });
    this.#plane = new MonitoringPlane(
      new URL("./plane/plane-worker.js", import.meta.url),
      { bgpListen: options.bgpListen, hostName: hostname(), productDescription, mrtFolder: options.mrtFolder },
      log,
    );
    this.#plane.onEvent = (event, timeMs) => this.#events.publish(planeNotification(event), timeMs);
    const access = new AccessControl();
    const users = new ConfiguredUsers(log);
    this.#ssh = new SshListener({
      hostKeys: loadHostKeys(dataFolder).map(({ privateKey }) => privateKey),
      authenticator: new AllUsers(new UserStore(dataFolder, log), users),
      accept: (channel) => this.#netconf.accept(channel),
      acceptCli: (channel, request) => this.#cli.accept(channel, request),
      log,
    });
    this.#configuredListeners = new ConfiguredListeners({ listener: this.#ssh, log });
    const limits = new LimitConfiguration((configured) => this.#netconf.configure(configured));
    this.#datastores = new DatastoreService({
      workerUrl: new URL("./datastore-worker.js", import.meta.url),
      setup: {
        wasm,
        dataFolder,
        yangFolder,
        extraYangFiles: options.yangFiles,
        netconfFeatures: options.urlSchemes.length === 0 ? [] : ["url"],
      },
      subscribers: [this.#plane, access, users, this.#configuredListeners, limits],
      // The sessions' state is asked for by sessions only, so when there is a server.
      stateProviders: [
        this.#plane,
        access,
        new SystemState(),
        this.#configuredListeners,
        { state: (filter) => this.#netconf.state(filter) },
        new StreamState(this.#events),
      ],
      performers: [this.#plane],
      changed: (change) => this.#events.publish(configChange(change)),
      confirmEvent: (event) => this.#events.publish(confirmedCommit(event)),
      bootId: bootId(),
      log,
    });
    const urls = new UrlStores({ schemes: options.urlSchemes, filesFolder: join(dataFolder, "files") });
    const plane = new PlaneReader(() => this.#plane.stateOfConfigured());
    const metrics = new Metrics(this.#metricsSource(), plane, log);
    const answered = (rpc: AnsweredRpc) => metrics.answered(rpc);
    this.#netconf = new NetconfServer({
      datastores: this.#datastores,
      urls,
      access,
      events: this.#events,
      log,
      answered,
    });
    this.#cli = new CliServer({
      datastores: this.#datastores,
      access,
      registry: this.#netconf.registry,
      events: this.#events,
      log,
      hostName: hostname(),
      product: productDescription,
    });
    const status = statusResources({
      product: productDescription,
      host: hostname(),
      plane,
      datastores: this.#datastores,
      netconfSessions: () => this.#netconf.sessionCount,
      log,
    });
    this.#http = new HttpListener(new Map([...status, ["/metrics", metricsResource(metrics)]]), log);
  }

  #metricsSource(): MetricsSource {
    return {
      netconf: () => ({ ...this.#netconf.figures, lostSubscribers: this.#events.lostSubscribers }),
      datastores: async () => {
        const { newest, ...figures } = await this.#datastores.figures();
        return {
          ...figures,
          storedBytes: { ...figures.storedBytes },
          commitId: newest?.id ?? 0,
          committedAt: newest?.time,
        };
      },
      thread: threadFigures,
      planeThread: () => this.#plane.figures(),
    };
  }

  /** Rejects with `EngineStartError` or `RpcError` when the stored configuration is wrong, or with `BindError`. */
  async start(): Promise<Endpoints> {
    const [bgp] = await Promise.all([bind("BGP", () => this.#plane.start()), this.#datastores.start()]);
    const given = await bind("NETCONF", () => Promise.all(this.#options.listen.map((at) => this.#ssh.listen(at))));
    const netconf = [...given, ...(await this.#configuredListeners.start())];
    const metrics = await bind("metrics", () => Promise.all(this.#options.metrics.map((at) => this.#http.listen(at))));
    return { netconf, bgp, metrics };
  }

  /** Ends what the outside sees first; never rejects. */
  async stop(): Promise<void> {
    this.#configuredListeners.stop();
    await this.#http.stop();
    await this.#ssh.stop();
    await Promise.all([this.#netconf.stop(), this.#cli.stop()]);
    await this.#datastores.stop();
    await this.#plane.stop();
    await this.#events.stop();
  }
}

/**
 * V8 compiles WebAssembly as it is used, and well only what was used much: the first large request would take twice the
 * time. All of libyang takes a second of a core, in the background.
 */
function compileAtOnce(): void {
  setFlagsFromString("--no-wasm-lazy-compilation");
  setFlagsFromString("--no-wasm-dynamic-tiering");
}

async function bind<T>(what: string, listen: () => Promise<T>): Promise<T> {
  try {
    return await listen();
  } catch (error) {
    throw new BindError(what, error);
  }
}
