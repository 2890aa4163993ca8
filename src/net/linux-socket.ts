import { createRequire } from "node:module";
import { constants } from "node:os";

// The only file that calls the C library. Node has no way to bind a socket to a device.

const AF_INET = 2;
const AF_INET6 = 10;
const SOCK_STREAM = 1;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
const SOL_SOCKET = 1;
const SO_BINDTODEVICE = 25;
/** IFNAMSIZ less the final NUL. The kernel cuts longer names instead of refusing them. */
const MAX_DEVICE_NAME_BYTES = 15;

/** The part of koffi in use; written down here because the package is optional. */
interface Koffi {
  /** `null`: what the process itself has loaded. */
  load(library: null): { func(prototype: string): (...values: unknown[]) => number };
  errno(): number;
}

interface LibC {
  readonly socket: (...values: unknown[]) => number;
  readonly setsockopt: (...values: unknown[]) => number;
  readonly close: (...values: unknown[]) => number;
  readonly errno: () => number;
}

let loaded: LibC | undefined;

/** Loaded at first use: whoever uses none of this needs no koffi. */
function libC(): LibC {
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
    close: library.func("int close(int)"),
    errno: () => koffi.errno(),
  };
  return loaded;
}

/**
 * A non-blocking TCP socket whose traffic goes through `device` only, as a file descriptor that the caller owns.
 * Throws Error that says what is wrong: no koffi, no such device, not permitted.
 */
export function openDeviceSocket(family: 4 | 6, device: string): number {
  const name = Buffer.from(device);
  if (name.length === 0 || name.length > MAX_DEVICE_NAME_BYTES || name.includes(0)) {
    throw new Error(`"${device}" is not the name of a device: 1 to ${MAX_DEVICE_NAME_BYTES} bytes`);
  }
  const libc = libC();
  const fd = libc.socket(family === 6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) throw new Error(`cannot open a socket: ${errnoName(libc.errno())}`);
  if (libc.setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, name, name.length) < 0) {
    const errno = libc.errno();
    libc.close(fd);
    throw new Error(
      errno === constants.errno.ENODEV
        ? `device ${device} does not exist`
        : `cannot bind a socket to device ${device}: ${errnoName(errno)}`,
    );
  }
  return fd;
}

export function closeFd(fd: number): void {
  libC().close(fd);
}

/** Why connections cannot be opened through `device` now, or undefined if they can. */
export function deviceProblem(device: string): string | undefined {
  try {
    closeFd(openDeviceSocket(4, device));
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function errnoName(errno: number): string {
  return Object.entries(constants.errno).find(([, number]) => number === errno)?.[0] ?? `errno ${errno}`;
}
