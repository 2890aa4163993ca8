/** What the engine's thread is at, told without its help: it may never answer again. Shared with the thread. */
export class EngineProgress {
  readonly buffer: SharedArrayBuffer;
  readonly #words: Int32Array;

  constructor(buffer = new SharedArrayBuffer(8)) {
    this.buffer = buffer;
    this.#words = new Int32Array(buffer);
  }

  /** The call whose slice is, or was, the last to begin. */
  get callId(): number {
    return Atomics.load(this.#words, 0);
  }

  /** Changes with each slice. */
  get slices(): number {
    return Atomics.load(this.#words, 1);
  }

  beginSlice(callId: number): void {
    Atomics.store(this.#words, 0, callId);
    Atomics.add(this.#words, 1, 1);
  }
}
