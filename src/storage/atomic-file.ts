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
  flush(dirname(path));
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
  flush(dirname(path));
  return true;
}

/** Makes durable what was written to the file `path`, or the names that came and went in the folder `path`. */
export function flush(path: string): void {
  const handle = openSync(path, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Writes all of `content` at `position` of an open file. Throws the file system's error, with some of it written. */
export function writeFully(file: number, content: Uint8Array, position: number): void {
  for (let done = 0; done < content.length; ) {
    done += writeSync(file, content, done, content.length - done, position + done);
  }
}

/** Leaves no file when it throws. */
function writeFlushed(path: string, content: Uint8Array, mode: number): void {
  const file = openSync(path, "w", mode);
  try {
    writeFully(file, content, 0);
    fsyncSync(file);
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
}
