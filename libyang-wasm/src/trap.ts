/**
 * The WebAssembly instance ended: an assertion failed, memory was accessed out of bounds, or a stack overflowed.
 * Nothing of it can be used any more; every later call on it throws this again. Instantiate another one from the
 * same module (a few milliseconds) and parse the data anew. `cause` is what the engine threw.
 */
export class LibyangTrap extends Error {
  constructor(cause: unknown) {
    super(`libyang ended: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.name = "LibyangTrap";
  }
}
