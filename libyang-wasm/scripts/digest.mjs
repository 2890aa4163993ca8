/** Hashes, and files that are either whole or absent. */
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

export const sha256 = (data) => createHash("sha256").update(data).digest("hex");

/** All files below a folder, sorted, as paths relative to it. */
export function filesBelow(dir) {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(dir, join(entry.parentPath ?? entry.path, entry.name)))
    .sort();
}

/** One hash over names and contents of all files below a folder that `keep` accepts. */
export function hashFolder(dir, keep = () => true) {
  const hash = createHash("sha256");
  for (const name of filesBelow(dir).filter(keep)) {
    const data = readFileSync(join(dir, name));
    hash.update(`${name}\0${data.length}\0`).update(data);
  }
  return hash.digest("hex");
}

/** Writes beside the target, then renames: an interrupted build leaves the old file or none, never half of one. */
export function writeWhole(file, data) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.part`, data);
  renameSync(`${file}.part`, file);
}

/** The file's text, or undefined when there is none. */
export function readIfAny(file) {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
}
