import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { createFileAtomically } from "./atomic-file.ts";

/** The data directory cannot be used; the message says why and what to do. */
export class DataFolderError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "DataFolderError";
  }
}

/** Makes sure that `folder` exists, for its owner only. */
export function createDataFolder(folder: string): void {
  try {
    makeFolders(resolve(folder));
  } catch (error) {
    throw new DataFolderError(
      `Cannot create the data directory ${folder}: ${(error as Error).message}. Give another one with --data.`,
      { cause: error },
    );
  }
}

/** One level at a time: Node's own recursive mkdir never returns where the file system refuses with ENOENT (/proc). */
function makeFolders(folder: string): void {
  if (existsSync(folder)) {
    if (statSync(folder).isDirectory()) return;
    throw new Error("it is a file");
  }
  makeFolders(dirname(folder));
  mkdirSync(folder, { mode: 0o700 });
}

/**
 * Claims `folder` for this process, by a file that names the process's pid and start time; a file left by a process
 * that is gone (kill -9, power cut) is taken over. Returns the function that gives the claim up.
 * Throws `DataFolderError` when a living process holds it.
 */
export function claimDataFolder(folder: string): () => void {
  createDataFolder(folder);
  const path = join(folder, "lock");
  const own = `${process.pid} ${startTime(process.pid) ?? ""}\n`;
  for (let attempt = 0; attempt < 8; attempt++) {
    if (createLock(path, own)) return () => release(path, own);
    const found = readIfThere(path);
    if (found === undefined) continue;
    const [pid, start] = found.trim().split(" ");
    if (pid !== undefined && start !== undefined && startTime(pid) === start) {
      throw new DataFolderError(
        `The data directory ${folder} is in use by process ${pid}. Stop that process, or give another directory with --data.`,
      );
    }
    takeAway(path, found);
  }
  throw new DataFolderError(`The data directory ${folder} is being claimed by other processes. Try again.`);
}

function createLock(path: string, content: string): boolean {
  try {
    return createFileAtomically(path, Buffer.from(content));
  } catch (error) {
    throw new DataFolderError(
      `Cannot write to the data directory: ${(error as Error).message}. Let this user write there and see that the ` +
        "disk has room, or give another directory with --data.",
      { cause: error },
    );
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

/** Removes a stale lock. The rename makes sure that of several processes that saw it only one removes it. */
function takeAway(path: string, stale: string): void {
  const aside = `${path}.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch {
    return; // somebody else was first
  }
  if (readIfThere(aside) === stale) rmSync(aside, { force: true });
  else renameSync(aside, path); // it was renewed in between: give it back
}

function release(path: string, own: string): void {
  if (readIfThere(path) === own) rmSync(path, { force: true });
}

/** Clock ticks from boot to the start of process `pid` (proc(5)); tells a reused pid from the one we knew. */
function startTime(pid: number | string): string | undefined {
  const stat = readIfThere(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
}
