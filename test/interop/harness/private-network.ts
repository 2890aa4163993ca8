import { execFileSync } from "node:child_process";
import koffi from "koffi";

/** linux/sched.h */
const CLONE_NEWNET = 0x40000000;

const libc = koffi.load("libc.so.6");
const unshare = libc.func("int unshare(int flags)");

/** The server under test. */
export const SERVER_V4 = "10.99.0.1";
export const SERVER_V6 = "fd00:bbbb::1";
export const FRR_V4 = "10.99.0.2";
/** Only a next hop: nothing listens there. */
export const FRR_V6 = "fd00:bbbb::2";
export const GOBGP_V4 = "10.99.0.3";
export const GOBGP_V6 = "fd00:bbbb::3";
export const BIRD_V4 = "10.99.0.4";
export const EXABGP_V4 = "10.99.0.5";
export const COLLECTOR_V4 = "10.99.0.9";
export const COLLECTOR_V6 = "fd00:bbbb::9";
/** The monitoring server of the command reference's own example, `bmp-session 2001:DB8:1::1`. */
export const REFERENCE_COLLECTOR = "2001:db8:1::1";

const ADDRESSES = [
  ...[SERVER_V4, FRR_V4, GOBGP_V4, BIRD_V4, EXABGP_V4, COLLECTOR_V4].map((address) => `${address}/24`),
  ...[SERVER_V6, GOBGP_V6, COLLECTOR_V6, REFERENCE_COLLECTOR].map((address) => `${address}/64`),
];

/**
 * Moves this process, and every process that it starts from now on, into a network namespace of its own, where all
 * addresses above are local and no port is taken. The kernel removes the namespace with its last process, so
 * nothing can be left behind. Call once at the top of a test file: Vitest runs each file in a process of its own.
 */
export function enterPrivateNetwork(): void {
  if (unshare(CLONE_NEWNET) !== 0) throw new Error(`unshare(CLONE_NEWNET): errno ${koffi.errno()}; run as root`);
  ip("link", "set", "lo", "up");
  for (const address of ADDRESSES) ip("addr", "add", address, "dev", "lo", ...(address.includes(":") ? ["nodad"] : []));
}

/** Runs iproute2's `ip` in the namespace. */
export function ip(...args: string[]): void {
  execFileSync("ip", args);
}
