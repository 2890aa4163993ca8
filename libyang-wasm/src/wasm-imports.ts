import type { WasmMemory } from "./wasm-memory.ts";

const ERRNO = { success: 0, badDescriptor: 8, notSupported: 52 } as const;
const MAX_DIAGNOSTIC_CHARS = 2_000;

type SystemCall = (...args: number[]) => number;

export interface SystemInterface {
  calls: Record<string, SystemCall>;
  /** What was written to stderr so far: the text of a failed assertion. */
  readonly diagnostic: () => string;
}

/**
 * The WASI functions the module imports. libyang here has no files, clock, environment or random numbers: all but
 * two calls fail. Those two serve a failed assertion, which writes its text and ends the instance.
 */
export function systemInterface(memory: () => WasmMemory): SystemInterface {
  let diagnostic = "";
  const calls: Record<string, SystemCall> = {
    fd_write: (_descriptor = 0, vectors = 0, count = 0, writtenOut = 0) => {
      let written = 0;
      for (let index = 0; index < count; index++) {
        const address = memory().word(vectors + index * 8);
        const length = memory().word(vectors + index * 8 + 4);
        if (diagnostic.length < MAX_DIAGNOSTIC_CHARS) diagnostic += memory().text(address, length);
        written += length;
      }
      memory().setWord(writtenOut, written);
      return ERRNO.success;
    },
    proc_exit: (status = 0) => {
      throw new Error(`exit with status ${status}`);
    },
    // Ends the libc's search for preopened folders.
    fd_prestat_get: () => ERRNO.badDescriptor,
  };
  const others: SystemCall = () => ERRNO.notSupported;
  return {
    calls: new Proxy(calls, { get: (known, name) => known[String(name)] ?? others }),
    diagnostic: () => diagnostic.trim(),
  };
}
