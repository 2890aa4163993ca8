/** The steps that bring a fresh clone to where it can run; each does nothing, fast, when there is nothing to do. */
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
export const MAIN = join(ROOT, "dist/main.js");
const SRC = join(ROOT, "src");
const DIST = join(ROOT, "dist");
const STAMP = join(DIST, ".built-from");
/** Whoever waits longer is told what is going on, again and again, in ms. */
const STILL_AT_WORK_MS = 5_000;

/** One line of progress. stdout stays free for what the program itself prints. */
export function say(text) {
  process.stderr.write(`bmpconfd: ${text}\n`);
}

/** Runs a command in the project's root, its output on our stderr; throws when it fails. */
export function run(command, args) {
  finish(command, args, spawnSync(command, args, { cwd: ROOT, stdio: ["ignore", process.stderr, process.stderr] }));
}

/**
 * The same for a command that talks too much: its output is shown only when it fails, and its latest line now and then,
 * so that whoever waits sees that it goes on.
 */
export async function runQuietly(command, args, env = {}) {
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  const startMs = performance.now();
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (output += text));
  const timer = setInterval(() => {
    const seconds = Math.round((performance.now() - startMs) / 1000);
    say(`${command}, for ${seconds} s: ${output.trimEnd().split("\n").at(-1)}`);
  }, STILL_AT_WORK_MS);
  try {
    const [status, signal] = await once(child, "close");
    if (status !== 0) process.stderr.write(output);
    finish(command, args, { status, signal });
  } catch (error) {
    if (error.syscall === undefined) throw error;
    finish(command, args, { error });
  } finally {
    clearInterval(timer);
  }
}

function finish(command, args, { error, status, signal }) {
  if (error !== undefined) throw new Error(`${command} did not start: ${error.message}. Install it, then try again.`);
  if (status === 0) return;
  const line = `${command} ${args.join(" ")}`;
  throw new Error(`"${line}" ended with ${signal ?? status}. Why is above; when that is mended, try again.`);
}

/** Dependencies, the wasm package and dist/, in that order. */
export function setUp() {
  install();
  run(process.execPath, [join(ROOT, "libyang-wasm/scripts/build.mjs")]);
  compile();
}

function install() {
  const reason = whyInstall();
  if (reason === undefined) return;
  say(`installing npm packages: ${reason}`);
  // Nothing we depend on needs its install script: ssh2 is used in pure JavaScript, koffi brings its binary along.
  run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
}

/** npm writes what it installed to node_modules/.package-lock.json: compared by content, as clones have no useful dates. */
function whyInstall() {
  const installedFile = join(ROOT, "node_modules/.package-lock.json");
  if (!existsSync(installedFile)) return "node_modules is missing";
  const { packages: wanted } = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8"));
  const { packages: installed } = JSON.parse(readFileSync(installedFile, "utf8"));
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === "") continue;
    const present = installed[path];
    // Optional packages are those of other platforms, and what only they need.
    if (present === undefined && !entry.optional) return `${path} is missing`;
    if (present !== undefined && present.version !== entry.version) return `${path} is not at version ${entry.version}`;
  }
  return undefined;
}

function compile() {
  const hash = hashOfSources();
  if (existsSync(MAIN) && existsSync(STAMP) && readFileSync(STAMP, "utf8") === hash) return;
  say("compiling src/ to dist/: the sources have changed");
  rmSync(STAMP, { force: true });
  run(process.execPath, [join(ROOT, "node_modules/typescript/bin/tsc"), "-p", "tsconfig.json"]);
  removeOrphans();
  chmodSync(MAIN, 0o755);
  writeFileSync(STAMP, hash);
}

function hashOfSources() {
  const hash = createHash("sha256");
  const files = [
    "tsconfig.base.json",
    "tsconfig.json",
    "package-lock.json",
    ...filesBelow(SRC).map((name) => `src/${name}`),
  ];
  for (const name of files) {
    const data = readFileSync(join(ROOT, name));
    hash.update(`${name}\0${data.length}\0`).update(data);
  }
  return hash.digest("hex");
}

/** tsc leaves the output of a deleted source behind, where the server could still import it. */
function removeOrphans() {
  for (const name of filesBelow(DIST)) {
    const source = name.replace(/(\.js|\.d\.ts)(\.map)?$/, ".ts");
    if (source !== name && !existsSync(join(SRC, source))) rmSync(join(DIST, name));
  }
}

function filesBelow(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(folder.length + 1))
    .sort();
}

/** A failed step ends the command with one line instead of a stack trace. */
export async function orExit(step) {
  try {
    return await step();
  } catch (error) {
    say(error.message);
    process.exit(1);
  }
}
