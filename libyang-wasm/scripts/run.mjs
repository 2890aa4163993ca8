/** Child processes: their output is kept and shown only when they fail. */
import { spawn } from "node:child_process";

const MAX_OUTPUT_CHARS = 200_000;
const SHOWN_LINES = 12;

/** What a command that failed said. `code` is null when it was killed or could not be started. */
export class CommandFailure extends Error {
  constructor(command, code, output, cause) {
    const tail = output.trim().split("\n").slice(-SHOWN_LINES).join("\n         ");
    super(
      `${command} ${code === null ? "did not run" : `ended with ${code}`}${tail === "" ? "" : `\n         ${tail}`}`,
      { cause },
    );
    this.name = "CommandFailure";
    this.code = code;
    this.output = output;
  }
}

/** Runs a command to its end. Returns what it wrote to stdout; throws CommandFailure otherwise. */
export function run(command, args, { cwd, env } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, LC_ALL: "C", ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    let output = "";
    const keep = (text) => {
      if (output.length < MAX_OUTPUT_CHARS) output += text;
    };
    child.stdout.setEncoding("utf8").on("data", (text) => {
      stdout += text;
      keep(text);
    });
    child.stderr.setEncoding("utf8").on("data", keep);
    child.on("error", (cause) => reject(new CommandFailure(command, null, cause.message, cause)));
    child.on("close", (code) => (code === 0 ? resolve(stdout) : reject(new CommandFailure(command, code, output))));
  });
}

/** Runs `work` over all items, at most `width` at a time. The first failure stops new starts and is thrown. */
export async function inParallel(items, width, work) {
  const queue = [...items];
  let failure;
  const lane = async () => {
    for (let item = queue.shift(); item !== undefined && failure === undefined; item = queue.shift()) {
      try {
        await work(item);
      } catch (error) {
        failure ??= error;
      }
    }
  };
  await Promise.all(Array.from({ length: width }, lane));
  if (failure !== undefined) throw failure;
}
