import { closeSync, fsyncSync, linkSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Replaces `path` with `content`, whole or not at all: written beside it, flushed, renamed, and the folder flushed.
 * When it returns, the new content survives a power cut. Throws the file system's error and leaves the old content.
 */
export function writeFileAtomically(path: string, content: Uint8Array, mode = 0o600): void {
  const temporary = `${path}.tmp`;
  writeFlushed(temporary, content, mode);
  renameSync(temporary, path);
  syncFolder(dirname(path));
}

/**
 * Makes `path` with `content`, unless it is there already: a link, unlike a rename, replaces nothing, and nobody ever
 * reads half a file. True when it was made, durably. Throws the file system's error.
 */
export function createFileAtomically(path: string, content: Uint8Array, mode = 0o600): boolean {
  const draft = `${path}.${process.pid}.tmp`;
  writeFlushed(draft, content, mode);
  try {
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  syncFolder(dirname(path));
  return true;
}

/** Makes renames and removals in `folder` durable. */
export function syncFolder(folder: string): void {
  const handle = openSync(folder, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Leaves no file when it throws. */
function writeFlushed(path: string, content: Uint8Array, mode: number): void {
  const file = openSync(path, "w", mode);
  try {
    for (let written = 0; written < content.length; ) written += writeSync(file, content, written);
    fsyncSync(file);
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
}
