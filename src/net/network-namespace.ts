import { closeSync, openSync, writeSync } from "node:fs";
import { constants } from "node:os";
import { errnoName, libC } from "./lib-c.ts";

/** Where `ip netns` keeps the namespaces that have names. */
const NAMESPACES = "/run/netns";
/** linux/sched.h */
const CLONE_NEWNET = 0x40000000;
const STDERR = 2;

/** Ends the thread, at once. */
let endThread = (error: Error): never => {
  writeSync(STDERR, `${error.message}\n`);
  return process.exit(1);
};

/**
 * What to do when the thread cannot leave a namespace again: from then on each socket would be in the wrong network, so
 * nothing may run in it any more. `end` must not return; in a worker, `process.exit` ends the thread and no other.
 */
export function whenLost(end: (error: Error) => never): void {
  endThread = end;
}

/**
 * Calls `make` while the thread is in the network namespace `name`; what it opens stays there. All of it is done before
 * anything else can run in the thread. Throws Error that says what is wrong: no koffi, no such namespace, not permitted.
 */
export function inNamespace<T>(name: string, make: () => T): T {
  const libc = libC();
  const own = openSync("/proc/thread-self/ns/net", "r");
  try {
    enter(name);
    try {
      return make();
    } finally {
      if (libc.setns(own, CLONE_NEWNET) !== 0)
        endThread(new Error(`cannot leave network namespace ${name}: setns: ${errnoName(libc.errno())}`));
    }
  } finally {
    closeSync(own);
  }
}

function enter(name: string): void {
  if (!isNamespaceName(name)) throw new Error(`"${name}" is not the name of a network namespace`);
  const libc = libC();
  const namespace = openNamespace(name);
  try {
    if (libc.setns(namespace, CLONE_NEWNET) === 0) return;
    const errno = libc.errno();
    throw new Error(
      errno === constants.errno.EPERM
        ? "this process may not enter network namespaces (CAP_SYS_ADMIN)"
        : `cannot enter network namespace ${name}: setns: ${errnoName(errno)}`,
    );
  } finally {
    closeSync(namespace);
  }
}

/** A name is a file name, and never a way to another folder. */
const isNamespaceName = (name: string): boolean => name !== "" && name !== "." && name !== ".." && !/[/\0]/.test(name);

function openNamespace(name: string): number {
  try {
    return openSync(`${NAMESPACES}/${name}`, "r");
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new Error(code === "ENOENT" ? `network namespace ${name} does not exist` : message, { cause });
  }
}
