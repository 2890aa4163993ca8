import { mkdirSync, mkdtempSync, rmSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const TMPFS_MAGIC = 0x0102_1994;

const root = mkdtempSync(join(tmpdir(), "bmpconfd-bench-"));
let folders = 0;

/** Whether what servers write to disk goes to memory instead. */
export const isScratchInMemory = statfsSync(root).type === TMPFS_MAGIC;

/** A new folder that ends with the run. */
export function scratchFolder(name: string): string {
  folders += 1;
  const folder = join(root, `${folders}-${name}`);
  mkdirSync(folder);
  return folder;
}

/** Removes all of them; servers that were killed a moment ago may still be writing. */
export function removeScratch(): void {
  rmSync(root, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
}
