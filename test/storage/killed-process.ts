import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";

/**
 * Runs `node PROGRAM FOLDER`, which says a number a line for each thing it has done, and kills it so long after its first
 * one. Returns the last number that it had told.
 */
export async function runUntilKilled(program: URL, folder: string, afterMs: number): Promise<number> {
  const child = spawn(process.execPath, [fileURLToPath(program), folder], { stdio: ["ignore", "pipe", "pipe"] });
  let told = "";
  let complaints = "";
  child.stderr.on("data", (text) => (complaints += text));
  child.stdout.on("data", (text) => {
    if (told === "") setTimeout(() => child.kill("SIGKILL"), afterMs);
    told += text;
  });
  const [, signal] = (await once(child, "close")) as [number, string];
  expect([signal, complaints]).toEqual(["SIGKILL", ""]);
  return Number(told.split("\n").at(-2));
}
