import { readdirSync, readFileSync } from "node:fs";

const NS_PER_MS = 1_000_000;

/**
 * CPU time of a process's threads, in ms. Of those that are alive: servers do not end threads between two operations.
 * /proc/PID/stat, which adds up all threads, counts in steps of 10 ms, longer than most operations.
 */
export function cpuMsOf(pid: number): number {
  const threads = `/proc/${pid}/task`;
  return namesIn(threads).reduce((sum, thread) => {
    const [onCpuNs = "0"] = textOf(`${threads}/${thread}/schedstat`).split(" ");
    return sum + Number(onCpuNs) / NS_PER_MS;
  }, 0);
}

/** Resident memory of a process, in bytes. */
export function rssBytesOf(pid: number): number {
  const [, kibibytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  if (kibibytes === undefined) throw new Error(`no VmRSS of process ${pid}`);
  return Number(kibibytes) * 1024;
}

/** A process and those that it has started, and so on. */
export function processTree(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of namesIn("/proc")) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    const parent = parentOf(pid);
    children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  const tree = [root];
  for (const pid of tree) tree.push(...(children.get(pid) ?? []));
  return tree;
}

/** What precedes it is the process's name, which may hold spaces and brackets, and its state. */
function parentOf(pid: number): number {
  const stat = textOf(`/proc/${pid}/stat`);
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
}

/** Processes and threads may end while they are looked at: then there is nothing. */
function textOf(file: string): string {
  return orNothing(() => readFileSync(file, "utf8"), "");
}

function namesIn(folder: string): readonly string[] {
  return orNothing(() => readdirSync(folder), []);
}

function orNothing<T>(read: () => T, nothing: T): T {
  try {
    return read();
  } catch {
    return nothing;
  }
}
