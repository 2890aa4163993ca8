import { Worker } from "node:worker_threads";
import type { EngineCall, EngineReply, EngineSetup } from "./engine-messages.ts";
import { EngineProgress } from "./engine-progress.ts";
import type { DatastoreLimits } from "./limits.ts";

export type EngineLog = (
  level: "info" | "warn" | "error",
  message: string,
  fields?: Readonly<Record<string, unknown>>,
) => void;

/** The stored configuration cannot be served; the message says why. */
export class EngineStartError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "EngineStartError";
  }
}

/**
 * To wake the thread costs more than most calls: those that come together are sent together. But not more than so many,
 * as it can work on these while further ones are made.
 */
const CALLS_TOGETHER = 4;

/** How often a thread that is given time for a call is looked at meanwhile. */
const LOOKS_IN_A_CALL = 16;

/** One life of the engine's thread. */
export class EngineThread {
  readonly #worker: Worker;
  readonly #progress = new EngineProgress();
  readonly #log: EngineLog;
  readonly #limits: DatastoreLimits;
  readonly #watch: NodeJS.Timeout;
  readonly #unanswered = new Set<number>();
  readonly #outgoing: EngineCall[] = [];
  #slicesSeen = 0;
  /** When the thread had last done something, or was given something to do. */
  #progressMs = performance.now();
  #hasEnded = false;
  /** A call held up the thread for longer than `engineCallMs`. */
  hasOverrun = false;
  onReply: (reply: EngineReply) => void = () => {};
  /** The thread is gone, or is of no use any more. Called once. */
  onEnd: (reason: string) => void = () => {};

  constructor(workerUrl: URL, setup: Omit<EngineSetup, "progress">, log: EngineLog, limits: DatastoreLimits) {
    this.#log = log;
    this.#limits = limits;
    this.#worker = new Worker(workerUrl, { workerData: { ...setup, progress: this.#progress.buffer } });
    this.#worker.on("message", (replies: readonly EngineReply[]) => {
      for (const reply of replies) this.#received(reply);
    });
    this.#worker.on("error", (error) => this.#ended(error.message));
    this.#worker.on("exit", () => this.#ended("Its thread ended."));
    this.#watch = setInterval(() => this.#checkProgress(), limits.engineCallMs / LOOKS_IN_A_CALL);
    this.#watch.unref();
  }

  /** The call that the thread is, or was last, at work on. */
  get callId(): number {
    return this.#progress.callId;
  }

  /** Resolves when it serves; rejects with `EngineStartError`. */
  started(): Promise<void> {
    const { engineStartMs } = this.#limits;
    return new Promise((resolve, reject) => {
      const refuse = (message: string) => {
        clearTimeout(timer);
        reject(new EngineStartError(message));
      };
      const timer = setTimeout(
        () =>
          refuse(
            `The datastore engine did not start within ${engineStartMs / 1000} s. See what else keeps the machine busy, and start again.`,
          ),
        engineStartMs,
      );
      this.onEnd = refuse;
      this.onReply = (reply) => {
        if (reply.kind === "failed-to-start") return refuse(reply.message);
        clearTimeout(timer);
        resolve();
      };
    });
  }

  post(call: EngineCall): void {
    if (this.#unanswered.size === 0) this.#progressMs = performance.now();
    this.#unanswered.add(call.id);
    const count = this.#outgoing.push(call);
    if (count === CALLS_TOGETHER) this.#sendAll();
    else if (count === 1) setImmediate(() => this.#sendAll());
  }

  #sendAll(): void {
    if (this.#outgoing.length > 0) this.#worker.postMessage(this.#outgoing.splice(0));
  }

  /** A call whose reply nobody else waits for. Rejects when it is refused or breaks the thread. */
  ask(call: EngineCall): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.onEnd = (reason) => reject(new Error(reason));
      this.onReply = (reply) => {
        if (reply.kind === "result") resolve(reply.value);
        else reject(new Error("message" in reply ? reply.message : reply.kind));
      };
      this.post(call);
    });
  }

  async end(): Promise<void> {
    this.#ended("It was ended.");
    await this.#worker.terminate();
  }

  #received(reply: EngineReply): void {
    if (this.#hasEnded) return;
    if (reply.kind === "log") return this.#log(reply.level, reply.message, reply.fields);
    if ("id" in reply) this.#unanswered.delete(reply.id);
    this.onReply(reply);
  }

  #ended(reason: string): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    clearInterval(this.#watch);
    this.onEnd(reason);
  }

  /** With something to do, the thread has to begin a slice every now and then. */
  #checkProgress(): void {
    const now = performance.now();
    const { slices } = this.#progress;
    if (slices !== this.#slicesSeen || this.#unanswered.size === 0) {
      this.#slicesSeen = slices;
      this.#progressMs = now;
    } else if (now - this.#progressMs >= this.#limits.engineCallMs) {
      this.hasOverrun = true;
      this.#ended("It overran its time.");
    }
  }
}
