/** One build at a time: two in one folder would write each other's files. */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readIfAny } from "./digest.mjs";
import { BUILD_DIR } from "./paths.mjs";
import { progress } from "./report.mjs";

const LOCK_FILE = join(BUILD_DIR, "lock");
const POLL_MS = 250;

/** Whether the process that wrote the lock still runs; one that was killed leaves its lock behind. */
function isHeld() {
  const holder = Number(readIfAny(LOCK_FILE));
  if (!Number.isInteger(holder) || holder <= 0) return false;
  try {
    process.kill(holder, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

/** Runs `work` while no other build runs. */
export async function withLock(work) {
  mkdirSync(BUILD_DIR, { recursive: true });
  for (let isTold = false; ; isTold = true) {
    try {
      writeFileSync(LOCK_FILE, `${process.pid}`, { flag: "wx" });
      break;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    if (!isHeld()) rmSync(LOCK_FILE, { force: true });
    else {
      if (!isTold) progress(`waiting for another build (process ${readIfAny(LOCK_FILE)})`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }
  try {
    return await work();
  } finally {
    rmSync(LOCK_FILE, { force: true });
  }
}
