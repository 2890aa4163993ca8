import type {
  CommitSubscriber,
  ConfigChange,
  PreparedChange,
  StateProvider,
  UnitChange,
} from "../datastore/subscriber.ts";
import { quoted } from "../errors/quoted.ts";
import { RpcError, type RpcErrorEntry } from "../errors/rpc-error.ts";
import type { Log } from "../observe/log.ts";
import { type SubtreeFilter, selectsTop } from "../yang/subtree-filter.ts";
import { transportLimits } from "./limits.ts";
import type { Binding, Endpoint, SshListener } from "./ssh-listener.ts";

const NAMESPACE = "urn:bmpconfd:yang:server";

/** What of the listener is needed. */
type Binder = Pick<SshListener, "bind" | "endpoints">;

interface ConfiguredListenersOptions {
  readonly listener: Binder;
  readonly log: Log;
  readonly retryS?: number;
}

/**
 * The addresses of /netconf-server/listen (bmpconfd-server). A commit binds what is new, or is refused; what is no longer
 * there takes no more connections, and those that are open go on. What cannot be bound when the server starts, or when
 * a confirmed commit is undone, is logged, shown as state, and tried until it can: neither may fail for it.
 */
export class ConfiguredListeners implements CommitSubscriber, StateProvider {
  readonly paths = ["/bmpconfd-server:netconf-server/listen"];
  readonly #listener: Binder;
  readonly #log: Log;
  readonly #retryMs: number;
  /** What is configured, by name. */
  #configured: ReadonlyMap<string, Endpoint> = new Map();
  /** What is bound, by `idOf` of what is configured. */
  readonly #bindings = new Map<string, Binding>();
  /** Why the others are not. */
  readonly #problems = new Map<string, string>();
  /** Binds what is missing, one round after the other. */
  #round: Promise<void> = Promise.resolve();
  #retry: NodeJS.Timeout | undefined;
  #phase: "starting" | "started" | "stopped" = "starting";

  constructor({ listener, log, retryS = transportLimits.listenRetryS }: ConfiguredListenersOptions) {
    this.#listener = listener;
    this.#log = log;
    this.#retryMs = retryS * 1000;
  }

  adopt(change: ConfigChange): void {
    this.#configured = this.#after(change);
    if (this.#phase !== "started") return;
    this.#closeUnwanted();
    void this.#bindMissing();
  }

  /** Binds what was adopted; resolves with what could be bound. Never rejects. */
  async start(): Promise<readonly Endpoint[]> {
    this.#phase = "started";
    await this.#bindMissing();
    return [...this.#bindings.values()].map(({ endpoint }) => endpoint);
  }

  /** Tries no more; what is bound is the listener's to stop. */
  stop(): void {
    this.#phase = "stopped";
    clearTimeout(this.#retry);
  }

  async state(filter?: SubtreeFilter): Promise<readonly string[]> {
    if (this.#configured.size === 0 || !selectsTop(filter, "netconf-server", NAMESPACE)) return [];
    const listen = [...this.#configured].map(([name, endpoint]) => ({ name, state: this.#stateOf(idOf(endpoint)) }));
    return [JSON.stringify({ "bmpconfd-server:netconf-server": { listen } })];
  }

  #stateOf(id: string): Readonly<Record<string, string>> {
    if (this.#bindings.has(id)) return { "oper-state": "listening" };
    const problem = this.#problems.get(id);
    return { "oper-state": "not-bound", ...(problem === undefined ? {} : { "last-error": problem }) };
  }

  async prepare(change: ConfigChange): Promise<PreparedChange> {
    const after = this.#after(change);
    const bound = await this.#bindAll(this.#added(change));
    return {
      apply: () => this.#apply(after, bound),
      abort: () => {
        for (const binding of bound.values()) binding.close();
      },
    };
  }

  #after(change: ConfigChange): ReadonlyMap<string, Endpoint> {
    const after = new Map(this.#configured);
    for (const unit of change) {
      if (unit.after === undefined) after.delete(nameOf(unit));
      else after.set(nameOf(unit), endpointOf(unit));
    }
    return after;
  }

  /** Entries whose address is not one that was configured before, under whatever name. */
  #added(change: ConfigChange): readonly UnitChange[] {
    const before = new Set([...this.#configured.values()].map(idOf));
    return change.filter((unit) => unit.after !== undefined && !before.has(idOf(endpointOf(unit))));
  }

  /** Rejects with all that cannot be bound, and has then bound nothing. */
  async #bindAll(units: readonly UnitChange[]): Promise<ReadonlyMap<string, Binding>> {
    const bound = new Map<string, Binding>();
    const problems: RpcErrorEntry[] = [];
    for (const unit of units) {
      const endpoint = endpointOf(unit);
      try {
        bound.set(idOf(endpoint), await this.#listener.bind(endpoint));
      } catch (error) {
        problems.push(this.#unusable(nameOf(unit), endpoint, error as NodeJS.ErrnoException));
      }
    }
    if (problems.length === 0) return bound;
    for (const binding of bound.values()) binding.close();
    throw new RpcError(problems);
  }

  #unusable(name: string, endpoint: Endpoint, error: NodeJS.ErrnoException): RpcErrorEntry {
    const isInUse = error.code === "EADDRINUSE";
    return {
      type: "application",
      tag: isInUse ? "in-use" : "operation-failed",
      path: {
        text: `/server:netconf-server/server:listen[server:name=${quoted(name)}]`,
        namespaces: { server: NAMESPACE },
      },
      message: `Cannot listen on ${endpoint.address} port ${endpoint.port}: ${this.#reason(endpoint, error, isInUse)}`,
    };
  }

  #reason(endpoint: Endpoint, error: Error, isInUse: boolean): string {
    const own = isInUse ? this.#listener.endpoints().find((other) => overlap(endpoint, other)) : undefined;
    if (own === undefined) {
      const hint = isInUse ? "Stop what uses the address, or give another one" : "Give one that this server may use";
      return `${error.message}. ${hint}.`;
    }
    return (
      `it overlaps with ${own.address} port ${own.port}, where this server listens. ` +
      "Give another port, or first remove that address: by a commit before this one, or from the command line."
    );
  }

  #apply(after: ReadonlyMap<string, Endpoint>, bound: ReadonlyMap<string, Binding>): void {
    this.#configured = after;
    this.#closeUnwanted();
    for (const [id, binding] of bound) this.#serve(id, binding);
  }

  #closeUnwanted(): void {
    const wanted = new Set([...this.#configured.values()].map(idOf));
    for (const id of this.#problems.keys()) if (!wanted.has(id)) this.#problems.delete(id);
    for (const [id, binding] of this.#bindings) {
      if (wanted.has(id)) continue;
      binding.close();
      this.#bindings.delete(id);
      this.#log("info", "no longer listening", { ...binding.endpoint });
    }
  }

  #serve(id: string, binding: Binding): void {
    this.#bindings.set(id, binding);
    this.#problems.delete(id);
    binding.serve();
    this.#log("info", "listening", { ...binding.endpoint });
  }

  #unbound(): ReadonlyMap<string, Endpoint> {
    const all = [...this.#configured.values()].map((endpoint) => [idOf(endpoint), endpoint] as const);
    return new Map(all.filter(([id]) => !this.#bindings.has(id)));
  }

  /** Resolves when all that is missing was tried. */
  #bindMissing(): Promise<void> {
    this.#round = this.#round.then(async () => {
      clearTimeout(this.#retry);
      for (const [id, endpoint] of this.#unbound()) await this.#tryBinding(id, endpoint);
      if (this.#phase === "stopped" || this.#unbound().size === 0) return;
      this.#retry = setTimeout(() => void this.#bindMissing(), this.#retryMs);
    });
    return this.#round;
  }

  /** Never rejects. What went wrong is logged once. */
  async #tryBinding(id: string, endpoint: Endpoint): Promise<void> {
    // A commit may have removed it meanwhile.
    const isWanted = () => this.#phase !== "stopped" && this.#unbound().has(id);
    if (!isWanted()) return;
    try {
      const binding = await this.#listener.bind(endpoint);
      if (isWanted()) this.#serve(id, binding);
      else binding.close();
    } catch (error) {
      if (!isWanted()) return;
      const isNews = !this.#problems.has(id);
      this.#problems.set(id, (error as Error).message);
      if (isNews) this.#log("error", "configured address not bound; tried again", { ...endpoint, error });
    }
  }
}

const nameOf = ({ keys: [name = ""] }: UnitChange): string => name;

const endpointOf = ({ after = {} }: UnitChange): Endpoint => ({
  address: after["address"] as string,
  port: Number(after["port"]),
});

const idOf = ({ address, port }: Endpoint): string => `${address} ${port}`;

/** Addresses that stand for all, of IPv6 and IPv4, or of IPv4. */
const WILDCARDS: readonly string[] = ["::", "0.0.0.0"];

const overlap = (one: Endpoint, other: Endpoint): boolean =>
  one.port === other.port &&
  (one.address === other.address || [one, other].some(({ address }) => WILDCARDS.includes(address)));
