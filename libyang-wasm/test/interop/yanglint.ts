import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { dataPathOf, type ErrorKind, kindOf } from "./error-kind.ts";
import type { Sample } from "./samples.ts";

/** Debian's yanglint (package libyang2-tools), which links libyang 2.1: the same questions put to the library as built natively. */
const YANGLINT = "yanglint";
const FOLDERS = [new URL("../yang/", import.meta.url), new URL("../../modules/", import.meta.url)].map((url) =>
  fileURLToPath(url),
);

export interface Verdict {
  /** What it printed, when it accepted. */
  readonly output?: string;
  /** What it said first, when it refused. */
  readonly error?: { readonly kind: ErrorKind; readonly path?: string; readonly message: string };
}

/** Its answer to a sample, printed in a format, with the defaults RFC 6243 names. */
export function askYanglint(sample: Sample, format: "xml" | "json", defaults?: "all" | "all-tagged" | "trim"): Verdict {
  const folder = mkdtempSync(join(tmpdir(), "yanglint-"));
  try {
    const file = (name: string, text: string): string => {
      const path = join(folder, name);
      writeFileSync(path, text);
      return path;
    };
    const suffix = sample.text.trimStart().startsWith("{") ? "json" : "xml";
    const data = file(`data.${suffix}`, sample.text);
    const args = [
      ...FOLDERS.flatMap((path) => ["-p", path]),
      ...sample.modules.flatMap((name) => [
        "-F",
        `${name.replace(/@.*/, "")}:${sample.features?.[name]?.join(",") ?? ""}`,
      ]),
      "-t",
      sample.type,
      "-f",
      format,
      ...(sample.type === "data" || sample.type === "config" ? ["-e"] : []),
      ...(defaults === undefined ? [] : ["-d", defaults]),
      ...(sample.request === undefined ? [] : ["-R", file("request.xml", sample.request)]),
      ...(sample.operational === undefined ? [] : ["-O", file("operational.xml", sample.operational)]),
      ...sample.modules.map(moduleFile),
      data,
    ];
    return run(args);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The module as it prints it. */
export function printByYanglint(name: string, format: "yang" | "yin"): string {
  const { output, error } = run([...FOLDERS.flatMap((path) => ["-p", path]), "-f", format, moduleFile(name)]);
  if (output === undefined) throw new Error(error?.message);
  return output;
}

const moduleFile = (name: string): string => {
  const [own = "", packaged = ""] = FOLDERS;
  return name.includes("@") ? join(packaged, `${name}.yang`) : join(own, `${name}.yang`);
};

function run(args: readonly string[]): Verdict {
  // Times are canonical in the local zone; WebAssembly's is UTC.
  const { status, stdout, stderr, error } = spawnSync(YANGLINT, args, {
    encoding: "utf8",
    env: { ...process.env, TZ: "UTC" },
  });
  if (error !== undefined) throw new Error(`${YANGLINT} did not run: ${error.message}`);
  if (status === 0) return { output: stdout };
  const message = /^libyang err : (.*)$/m.exec(stderr)?.[1];
  if (message === undefined) throw new Error(`${YANGLINT} ended with ${status}: ${stderr}`);
  const path = dataPathOf(message);
  return { error: { kind: kindOf(message), ...(path !== undefined && { path }), message } };
}
