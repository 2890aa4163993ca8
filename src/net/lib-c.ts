import { createRequire } from "node:module";
import { constants } from "node:os";

/** The part of koffi in use; written down here because the package is optional. */
interface Koffi {
  /** `null`: what the process itself has loaded. */
  load(library: null): { func(prototype: string): (...values: unknown[]) => number };
  errno(): number;
}

/** What is called of the C library. All give -1 and set `errno` when they fail. */
interface LibC {
  readonly socket: (...values: unknown[]) => number;
  readonly setsockopt: (...values: unknown[]) => number;
  readonly bind: (...values: unknown[]) => number;
  readonly close: (...values: unknown[]) => number;
  readonly setns: (...values: unknown[]) => number;
  readonly errno: () => number;
}

let loaded: LibC | undefined;

/** Loaded at first use: whoever uses none of this needs no koffi. Throws Error where that is not there. */
export function libC(): LibC {
  if (loaded !== undefined) return loaded;
  let koffi: Koffi;
  try {
    koffi = createRequire(import.meta.url)("koffi") as Koffi;
  } catch (cause) {
    throw new Error("this needs the optional package koffi, which cannot be loaded here", { cause });
  }
  const library = koffi.load(null);
  loaded = {
    socket: library.func("int socket(int, int, int)"),
    setsockopt: library.func("int setsockopt(int, int, int, const void *, uint32_t)"),
    bind: library.func("int bind(int, const void *, uint32_t)"),
    close: library.func("int close(int)"),
    setns: library.func("int setns(int, int)"),
    errno: () => koffi.errno(),
  };
  return loaded;
}

export function errnoName(errno: number): string {
  return Object.entries(constants.errno).find(([, number]) => number === errno)?.[0] ?? `errno ${errno}`;
}
