import { operationFailed, resourceDenied } from "../errors/constructors.ts";
import { RpcError } from "../errors/rpc-error.ts";
import type { EngineApi, EngineMethod, EngineResult } from "./engine-api.ts";
import type { EngineCall, EngineReply, EngineSetup } from "./engine-messages.ts";
import { type EngineLog, EngineThread } from "./engine-thread.ts";
import { type DatastoreLimits, datastoreLimits } from "./limits.ts";

/** A call that the engine repeats when it is built anew. */
export interface ReplayedCall {
  readonly method: EngineMethod;
  readonly args: readonly unknown[];
}

export interface EngineHostOptions {
  /** The compiled datastore-worker. */
  readonly workerUrl: URL;
  readonly setup: Omit<EngineSetup, "progress">;
  readonly log: EngineLog;
  /** What brings a new instance, which knows only the disk, to where the lost one was. */
  readonly replay: () => readonly ReplayedCall[];
  /** A replayed call failed. `replay` is to give no edits from now on: half of them would be nobody's intention. */
  readonly replayFailed: () => void;
  readonly limits?: Partial<DatastoreLimits>;
}

interface Waiting {
  readonly call: EngineCall;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
  /** Threads that it was given to. */
  attempts: number;
}

/** A call that was there each time when so many threads ended is not made again: it may be what ends them. */
const MAX_ATTEMPTS = 3;

const broken = (): RpcError =>
  operationFailed("The request broke the datastore engine, which was built anew. It had no effect.");
const stopping = (): RpcError => operationFailed("The server is stopping.");

/**
 * The engine's thread as seen from outside. It takes several calls at a time, but works on one after the other, slice
 * by slice, and tells on which: a call that overruns its time, or breaks the instance, is the only one to fail. The
 * thread is then ended and built anew, and the other calls are made again.
 */
export class EngineHost {
  readonly #options: EngineHostOptions;
  readonly #limits: DatastoreLimits;
  /** By id, in the order in which they came. */
  readonly #waiting = new Map<number, Waiting>();
  /** Undefined while it is being built. */
  #thread: EngineThread | undefined;
  #starting: EngineThread | undefined;
  #isStopped = false;
  #nextId = 1;
  /** Times the thread was built anew. */
  rebuilds = 0;

  constructor(options: EngineHostOptions) {
    this.#options = options;
    this.#limits = { ...datastoreLimits, ...options.limits };
  }

  /** Rejects with `EngineStartError` when the modules or the stored configuration are wrong. */
  async start(): Promise<void> {
    this.#serve(await this.#spawn());
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const { reject } of this.#waiting.values()) reject(stopping());
    this.#waiting.clear();
    await Promise.all([this.#thread?.end(), this.#starting?.end()]);
  }

  /** Rejects with an `RpcError`: the engine's own, or one that says that the call broke the engine. */
  call<M extends EngineMethod>(method: M, ...args: Parameters<EngineApi[M]>): Promise<EngineResult<M>> {
    return new Promise<unknown>((resolve, reject) => {
      if (this.#isStopped) return reject(stopping());
      const call = { id: this.#nextId++, method, args };
      const waiting: Waiting = { call, resolve, reject, attempts: 0 };
      this.#waiting.set(call.id, waiting);
      if (this.#thread !== undefined) this.#post(waiting, this.#thread);
    }) as Promise<EngineResult<M>>;
  }

  #serve(thread: EngineThread): void {
    this.#thread = thread;
    thread.onReply = (reply) => this.#received(reply);
    thread.onEnd = (reason) => this.#broke(thread, thread.callId, reason);
    for (const waiting of this.#waiting.values()) this.#post(waiting, thread);
  }

  #post(waiting: Waiting, thread: EngineThread): void {
    if (++waiting.attempts <= MAX_ATTEMPTS) return thread.post(waiting.call);
    this.#take(waiting.call.id);
    waiting.reject(broken());
  }

  #received(reply: EngineReply): void {
    if (!("id" in reply)) return;
    if (reply.kind === "broken") return this.#broke(this.#thread, reply.id, reply.message);
    const waiting = this.#take(reply.id);
    if (reply.kind === "result") waiting?.resolve(reply.value);
    else waiting?.reject(new RpcError(reply.entries));
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }

  /** The instance is lost. Whoever called must not be told before it serves again: the next call would find nothing. */
  #broke(thread: EngineThread | undefined, callId: number, reason: string): void {
    if (thread === undefined || thread !== this.#thread || this.#isStopped) return;
    this.#thread = undefined;
    const guilty = this.#take(callId);
    const error = guilty && this.#errorFor(guilty.call.method, thread.hasOverrun, reason);
    if (error === undefined) this.#options.log("error", "The datastore engine ended; it is built anew", { reason });
    void this.#rebuild(thread).then(() => guilty?.reject(this.#isStopped || error === undefined ? stopping() : error));
  }

  #errorFor(method: EngineMethod, hasOverrun: boolean, reason: string): RpcError {
    if (hasOverrun) {
      const limitMs = this.#limits.engineCallMs;
      this.#options.log("error", "A datastore call overran its time; the engine is built anew", { method, limitMs });
      const message = `The request took longer than ${limitMs} ms and was ended. It had no effect. Make it smaller.`;
      return resourceDenied(message);
    }
    this.#options.log("error", "The datastore engine broke; it is built anew", { method, reason });
    return broken();
  }

  async #rebuild(lost: EngineThread): Promise<void> {
    this.rebuilds++;
    await lost.end();
    while (!this.#isStopped) {
      try {
        const thread = await this.#spawn();
        if (this.#isStopped) return await thread.end();
        await this.#replayAll(thread);
        return this.#serve(thread);
      } catch (error) {
        await this.#starting?.end();
        if (this.#isStopped) return;
        this.#options.log("error", "The datastore engine does not start; trying again", { error: String(error) });
        await new Promise((resolve) => setTimeout(resolve, this.#limits.engineRestartMs));
      }
    }
  }

  async #replayAll(thread: EngineThread): Promise<void> {
    for (const { method, args } of this.#options.replay()) {
      try {
        await thread.ask({ id: this.#nextId++, method, args });
      } catch (error) {
        if (!this.#isStopped) this.#options.replayFailed();
        throw error;
      }
    }
  }

  async #spawn(): Promise<EngineThread> {
    const thread = new EngineThread(this.#options.workerUrl, this.#options.setup, this.#options.log, this.#limits);
    this.#starting = thread;
    await thread.started();
    return thread;
  }
}
