import { Worker } from "node:worker_threads";
import type {
  ActionCall,
  ActionLeaves,
  ActionPerformer,
  CommitSubscriber,
  ConfigChange,
  PreparedChange,
  StateProvider,
  UnitChange,
} from "../datastore/subscriber.ts";
import { operationFailed } from "../errors/constructors.ts";
import { RpcError } from "../errors/rpc-error.ts";
import type { Endpoint } from "../net/listen.ts";
import type { ThreadFigures } from "../thread-figures.ts";
import type { SubtreeFilter } from "../yang/subtree-filter.ts";
import { inOrder } from "./change-order.ts";
import { mayBeRefused } from "./check-change.ts";
import { concernsKeys } from "./check-keys.ts";
import { type PlaneLimits, planeLimits } from "./limits.ts";
import type { PlaneEvent } from "./plane-event.ts";
import type { PlaneReply, PlaneRequest, PlaneSetup } from "./plane-messages.ts";
import { isEmptyScope, scopeOf } from "./state-scope.ts";
import { actionPaths, unitPaths } from "./unit-paths.ts";

export type PlaneLog = (
  level: "debug" | "info" | "warn" | "error",
  message: string,
  fields?: Readonly<Record<string, unknown>>,
) => void;

const beingStarted = () => operationFailed("The monitoring plane is being started again. Try again in a moment.");

type WithoutId<T> = T extends unknown ? Omit<T, "id"> : never;
/** Requests that get an answer. */
type Question = WithoutId<Extract<PlaneRequest, { id: number }>>;

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
  readonly timer: NodeJS.Timeout;
}

/**
 * The monitoring plane (BGP speaker and BMP engine) as the rest of the server sees it. It runs in a thread of its own:
 * a full table never delays a NETCONF reply. Should the thread end unexpectedly it is started again with the
 * configuration in effect.
 */
export class MonitoringPlane implements CommitSubscriber, StateProvider, ActionPerformer {
  readonly paths = Object.values(unitPaths);
  readonly actions = Object.values(actionPaths);
  readonly #workerUrl: URL;
  readonly #setup: PlaneSetup;
  readonly #log: PlaneLog;
  readonly #limits: PlaneLimits;
  /** The configuration in effect, unit by unit. */
  readonly #units = new Map<string, UnitChange>();
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  /** What the thread is told next, in order: a large change in parts, so that others are served in between. */
  readonly #outbox: PlaneRequest[] = [];
  /** The thread has the configuration in effect: a change is all it needs to be told. */
  #isUpToDate = false;
  #restartTimer: NodeJS.Timeout | undefined;
  #nextId = 1;
  /** Told what happened to sessions and neighbours, at `timeMs` since the epoch. Must not throw. */
  onEvent: (event: PlaneEvent, timeMs: number) => void = () => {};
  #isStopping = false;

  /** `workerUrl`: the compiled plane-worker. */
  constructor(workerUrl: URL, setup: PlaneSetup, log: PlaneLog, limits: Partial<PlaneLimits> = {}) {
    this.#workerUrl = workerUrl;
    this.#setup = setup;
    this.#log = log;
    this.#limits = { ...planeLimits, ...limits };
  }

  /**
   * Starts the thread with the configuration in effect. Resolves with the addresses that the BGP speaker listens on;
   * rejects when one cannot be bound.
   */
  async start(): Promise<readonly Endpoint[]> {
    this.#spawn();
    const addresses = (await this.#ask({ kind: "start" })) as readonly Endpoint[];
    this.#isUpToDate = true;
    this.#postChange([...this.#units.values()]);
    return addresses;
  }

  /** Ends all sessions politely; never rejects. */
  async stop(): Promise<void> {
    if (this.#isStopping) return;
    this.#isStopping = true;
    clearTimeout(this.#restartTimer);
    if (this.#worker === undefined) return;
    try {
      await this.#ask({ kind: "stop" }, this.#limits.stopMs);
    } catch (error) {
      this.#log("warn", "The monitoring plane did not stop in time", { error: String(error) });
    }
    await this.#worker?.terminate();
  }

  adopt(change: ConfigChange): void {
    this.#apply(change);
  }

  async prepare(change: ConfigChange): Promise<PreparedChange> {
    const inEffect = (unit: UnitChange) => this.#units.get(keyOf(unit))?.after;
    const uncertain = change.filter((unit) => mayBeRefused(unit, inEffect(unit)));
    const keyed = change.filter((unit) => concernsKeys(unit, inEffect(unit)));
    // Keys that are only given back can be given back anywhere.
    const isKeyAdded = keyed.some(({ after }) => after?.["tcp-md5"] !== undefined);
    if (uncertain.length === 0 && !isKeyAdded) return { apply: () => this.#apply(change), abort: () => {} };
    const abort = () => this.#post({ kind: "abort" });
    try {
      await this.#ask({ kind: "prepare", change: uncertain, keyed }, this.#limits.prepareMs);
    } catch (error) {
      // It may have been too late only.
      abort();
      throw error;
    }
    return { apply: () => this.#apply(change), abort };
  }

  async state(filter?: SubtreeFilter): Promise<readonly string[]> {
    const scope = scopeOf(filter);
    if (isEmptyScope(scope)) return [];
    return (await this.#ask({ kind: "state", scope }, this.#limits.stateMs)) as readonly string[];
  }

  async perform(call: ActionCall): Promise<ActionLeaves> {
    // A thread that was not told of its sessions yet would say that there are none.
    if (!this.#isUpToDate) throw beingStarted();
    return (await this.#ask({ kind: "action", call }, this.#limits.actionMs)) as ActionLeaves;
  }

  /** The state of all that is configured, which bounds how much it is. */
  async stateOfConfigured(): Promise<readonly string[]> {
    const scope = { ...scopeOf(undefined), isOfConfiguredOnly: true };
    return (await this.#ask({ kind: "state", scope }, this.#limits.stateMs)) as readonly string[];
  }

  /** Takes the figures of the thread. */
  async figures(): Promise<ThreadFigures> {
    return (await this.#ask({ kind: "figures" }, this.#limits.stateMs)) as ThreadFigures;
  }

  #apply(change: ConfigChange): void {
    for (const unit of change) {
      const key = keyOf(unit);
      if (unit.after === undefined) this.#units.delete(key);
      else this.#units.set(key, unit);
    }
    if (this.#isUpToDate) this.#postChange(change);
  }

  #postChange(change: ConfigChange): void {
    const { unitsPerMessage } = this.#limits;
    // A part may need what is in another one.
    const ordered = inOrder(change);
    for (let from = 0; from < ordered.length; from += unitsPerMessage)
      this.#post({ kind: "apply", change: ordered.slice(from, from + unitsPerMessage) });
  }

  #post(request: PlaneRequest): void {
    if (this.#outbox.push(request) === 1) this.#postOldest();
  }

  /** One message in a turn of the event loop. */
  #postOldest(): void {
    const [request] = this.#outbox;
    if (request === undefined) return;
    this.#worker?.postMessage(request);
    setImmediate(() => {
      this.#outbox.shift();
      this.#postOldest();
    });
  }

  #ask(question: Question, limitMs?: number): Promise<unknown> {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      if (this.#worker === undefined) return reject(beingStarted());
      const expire = () => {
        this.#waiting.delete(id);
        reject(
          operationFailed("The monitoring plane did not answer in time. Try again; the server's log may say why."),
        );
      };
      const timer = setTimeout(expire, limitMs ?? 2 ** 31 - 1);
      this.#waiting.set(id, { resolve, reject, timer });
      this.#post({ ...question, id });
    });
  }

  #spawn(): void {
    const worker = new Worker(this.#workerUrl, { workerData: this.#setup });
    this.#worker = worker;
    let failure: Error | undefined;
    worker.on("message", (reply: PlaneReply) => this.#received(reply));
    worker.on("error", (error) => {
      failure = error;
    });
    worker.on("exit", () => this.#ended(failure));
  }

  #received(reply: PlaneReply): void {
    if (reply.kind === "event") return this.onEvent(reply.event, reply.timeMs);
    if (reply.kind === "log") return this.#log(reply.level, reply.message, reply.fields);
    const waiting = this.#take(reply.id);
    if (reply.kind === "done") waiting?.resolve(reply.value);
    else waiting?.reject(new RpcError(reply.entries));
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    clearTimeout(waiting?.timer);
    return waiting;
  }

  #ended(failure: Error | undefined): void {
    this.#worker = undefined;
    this.#outbox.splice(1);
    this.#isUpToDate = false;
    for (const id of this.#waiting.keys()) {
      this.#take(id)?.reject(
        operationFailed("The monitoring plane ended unexpectedly. Try again.", { cause: failure }),
      );
    }
    if (this.#isStopping) return;
    this.#log("error", "The monitoring plane ended unexpectedly; it is started again", { error: failure?.stack });
    this.#restartTimer = setTimeout(() => void this.#restart(), this.#limits.restartMs);
  }

  async #restart(): Promise<void> {
    try {
      await this.start();
    } catch (error) {
      if (this.#isStopping) return;
      // The thread has ended again, which has started the next attempt, or it cannot bind its addresses.
      this.#log("error", "The monitoring plane does not start", { error: String(error) });
      await this.#worker?.terminate();
    }
  }
}

const keyOf = ({ path, keys }: UnitChange): string => [path, ...keys].join("\0");
