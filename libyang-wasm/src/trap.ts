/**
 * The WebAssembly instance ended: an assertion failed, memory ran out or was accessed out of bounds, or a stack overflowed.
 * Nothing of it can be used any more; every later call on it throws this again. Instantiate another one from the
 * same module (a few milliseconds) and parse the data anew. `cause` is what the engine threw.
 */
export class LibyangTrap extends Error {
  /** `diagnostic`: the text of a failed assertion, if that is what it was. */
  constructor(cause: unknown, diagnostic = "") {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`libyang ended and has to be instantiated anew: ${diagnostic === "" ? reason : diagnostic}`, { cause });
    this.name = "LibyangTrap";
  }
}
