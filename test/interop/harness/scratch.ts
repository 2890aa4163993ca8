import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const folders: string[] = [];

/** A new empty folder. */
export function scratchFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `bmpconfd-${name}-`));
  folders.push(folder);
  return folder;
}

/** A new file that holds `text`. */
export function scratchFile(name: string, text: string): string {
  const file = join(scratchFolder("file"), name);
  writeFileSync(file, text);
  return file;
}

export function removeScratch(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}
