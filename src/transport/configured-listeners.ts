import type { CommitSubscriber, ConfigChange, PreparedChange, UnitChange } from "../datastore/subscriber.ts";
import { RpcError, type RpcErrorEntry } from "../errors/rpc-error.ts";
import type { Log } from "../observe/log.ts";
import { transportLimits } from "./limits.ts";
import type { Binding, Endpoint, SshListener } from "./ssh-listener.ts";

interface ConfiguredListenersOptions {
  readonly listener: Pick<SshListener, "bind">;
  readonly log: Log;
  readonly retryS?: number;
}

/**
 * The addresses of /netconf-server/listen (bmpconfd-server). A commit binds what is new, or is refused; what is no longer
 * there takes no more connections, and those that are open go on. What cannot be bound when the server starts is logged,
 * and tried until it can: it must not keep the server from starting.
 */
export class ConfiguredListeners implements CommitSubscriber {
  readonly paths = ["/bmpconfd-server:netconf-server/listen"];
  readonly #listener: Pick<SshListener, "bind">;
  readonly #log: Log;
  readonly #retryMs: number;
  /** What is configured, by name. */
  #configured: ReadonlyMap<string, Endpoint> = new Map();
  /** What is bound, by `idOf` of what is configured. */
  readonly #bindings = new Map<string, Binding>();
  #retry: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor({ listener, log, retryS = transportLimits.listenRetryS }: ConfiguredListenersOptions) {
    this.#listener = listener;
    this.#log = log;
    this.#retryMs = retryS * 1000;
  }

  adopt(change: ConfigChange): void {
    this.#configured = this.#after(change);
  }

  /** Binds what was adopted; resolves with what could be bound. Never rejects. */
  async start(): Promise<readonly Endpoint[]> {
    for (const [id, endpoint] of this.#unbound()) {
      const error = await this.#tryBinding(id, endpoint);
      if (error !== undefined) this.#log("error", "configured address not bound; tried again", { ...endpoint, error });
    }
    this.#retryLater();
    return [...this.#bindings.values()].map(({ endpoint }) => endpoint);
  }

  /** Tries no more; what is bound is the listener's to stop. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#retry);
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
        problems.push(unusable(nameOf(unit), endpoint, error as Error));
      }
    }
    if (problems.length === 0) return bound;
    for (const binding of bound.values()) binding.close();
    throw new RpcError(problems);
  }

  #apply(after: ReadonlyMap<string, Endpoint>, bound: ReadonlyMap<string, Binding>): void {
    this.#configured = after;
    const wanted = new Set([...after.values()].map(idOf));
    for (const [id, binding] of this.#bindings) {
      if (wanted.has(id)) continue;
      binding.close();
      this.#bindings.delete(id);
      this.#log("info", "no longer listening", { ...binding.endpoint });
    }
    for (const [id, binding] of bound) this.#serve(id, binding);
  }

  #serve(id: string, binding: Binding): void {
    this.#bindings.set(id, binding);
    binding.serve();
    this.#log("info", "listening", { ...binding.endpoint });
  }

  #unbound(): readonly (readonly [id: string, endpoint: Endpoint])[] {
    const all = [...this.#configured.values()].map((endpoint) => [idOf(endpoint), endpoint] as const);
    return all.filter(([id]) => !this.#bindings.has(id));
  }

  /** What went wrong, or undefined. */
  async #tryBinding(id: string, endpoint: Endpoint): Promise<Error | undefined> {
    try {
      const binding = await this.#listener.bind(endpoint);
      // A commit may have removed it meanwhile.
      if (this.#isStopped || !this.#unbound().some(([other]) => other === id)) binding.close();
      else this.#serve(id, binding);
      return undefined;
    } catch (error) {
      return error as Error;
    }
  }

  #retryLater(): void {
    if (this.#isStopped || this.#unbound().length === 0) return;
    this.#retry = setTimeout(() => void this.#tryAgain(), this.#retryMs);
  }

  async #tryAgain(): Promise<void> {
    for (const [id, endpoint] of this.#unbound()) await this.#tryBinding(id, endpoint);
    this.#retryLater();
  }
}

const nameOf = ({ keys: [name = ""] }: UnitChange): string => name;

const endpointOf = ({ after = {} }: UnitChange): Endpoint => ({
  address: after["address"] as string,
  port: Number(after["port"]),
});

const idOf = ({ address, port }: Endpoint): string => `${address} ${port}`;

function unusable(name: string, { address, port }: Endpoint, error: Error): RpcErrorEntry {
  const quote = name.includes("'") ? '"' : "'";
  return {
    type: "application",
    tag: "operation-failed",
    path: {
      text: `/server:netconf-server/server:listen[server:name=${quote}${name}${quote}]`,
      namespaces: { server: "urn:bmpconfd:yang:server" },
    },
    message:
      `Cannot listen on ${address} port ${port}: ${error.message}. ` +
      "Stop what uses the address, or give another one.",
  };
}
