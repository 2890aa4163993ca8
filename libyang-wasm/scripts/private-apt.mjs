/**
 * apt with sources, lists and caches of its own below build/: the machine's configuration stays as it is,
 * and no root is needed. Only the machine's download settings (proxies, checks) are taken over.
 */
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { findMirror } from "./apt-mirror.mjs";
import { writeWhole } from "./digest.mjs";
import { BUILD_DIR } from "./paths.mjs";
import { BuildFailure, progress } from "./report.mjs";
import { run } from "./run.mjs";

const APT_DIR = join(BUILD_DIR, "apt");
const CONFIG_FILE = join(APT_DIR, "apt.conf");
/** Part of apt, outside of PATH. */
const APT_HELPER = "/usr/lib/apt/apt-helper";
const STEP = "sources";

/** libyang 3.12 and PCRE2 10.46 are trixie's; libyuma-base is bookworm's. */
function sourcesList({ archive, security }) {
  const line = (kind, { uri, keyring }, suite) => `${kind} [signed-by=${keyring}] ${uri} ${suite} main`;
  const lines = [
    line("deb-src", archive, "trixie"),
    line("deb-src", archive, "trixie-updates"),
    line("deb", archive, "bookworm"),
  ];
  if (security !== undefined) lines.push(line("deb-src", security, "trixie-security"));
  return `${lines.join("\n")}\n`;
}

/** Names each directory, because apt's defaults are the machine's own. `Dir::Etc::parts` off: no hooks of the machine. */
async function config() {
  const settings = (await run("apt-config", ["dump"]))
    .split("\n")
    .filter((line) => /^Acquire::(https?|ftp|Check-|Retries|Force)[^ ]* "..*";$/i.test(line));
  const dirs = {
    "Dir::State": join(APT_DIR, "state"),
    "Dir::State::lists": join(APT_DIR, "state", "lists"),
    "Dir::State::status": "/var/lib/dpkg/status",
    "Dir::Cache": join(APT_DIR, "cache"),
    "Dir::Etc::sourcelist": join(APT_DIR, "sources.list"),
    "Dir::Etc::sourceparts": "/dev/null",
    "Dir::Etc::main": "/dev/null",
    "Dir::Etc::parts": "/dev/null",
    "Dir::Etc::preferences": "/dev/null",
    "Dir::Etc::preferencesparts": "/dev/null",
    "Acquire::Languages": "none",
    "Acquire::Retries": "3",
  };
  // Without it, root's apt would download as the user _apt, who may have no right to write below build/.
  if (process.getuid?.() === 0) dirs["APT::Sandbox::User"] = "root";
  return `${[...settings, ...Object.entries(dirs).map(([key, value]) => `${key} "${value}";`)].join("\n")}\n`;
}

const apt = (command, args, cwd) => run(command, args, { cwd, env: { APT_CONFIG: CONFIG_FILE } });

/** Sets the private configuration up and downloads its package lists. */
export async function openPrivateApt() {
  const mirror = findMirror();
  if (mirror === undefined) {
    throw new BuildFailure(
      STEP,
      "no Debian archive is configured in /etc/apt",
      "add one to /etc/apt/sources.list, then build again",
    );
  }
  for (const dir of ["state/lists/partial", "cache/archives/partial"])
    mkdirSync(join(APT_DIR, dir), { recursive: true });
  writeWhole(join(APT_DIR, "sources.list"), sourcesList(mirror));
  writeWhole(CONFIG_FILE, await config());
  progress(`sources: package lists from ${mirror.archive.uri}`);
  try {
    await apt("apt-get", ["update", "-q"]);
  } catch (cause) {
    // One list of several may be enough; if it is not, the next step says what is missing.
    const reason = /^E: (.+)$/m.exec(cause.message)?.[1] ?? cause.message;
    progress(`sources: not all package lists could be fetched: ${reason}`);
  }
}

/** The versions of a source package that `accept` matches, newest first; at least one. */
export async function sourceVersions(name, accept) {
  const shown = await apt("apt-cache", ["showsrc", "--only-source", name]).catch(() => "");
  const offered = new Set([...shown.matchAll(/^Version: (\S+)$/gm)].map((match) => match[1]));
  const sorted = [];
  for (const version of [...offered].filter((text) => accept.test(text))) {
    let place = 0;
    while (place < sorted.length && !(await isNewer(version, sorted[place]))) place += 1;
    sorted.splice(place, 0, version);
  }
  if (sorted.length === 0) {
    throw new BuildFailure(
      STEP,
      `the mirror offers no source of ${name} matching ${accept}`,
      "check the network and the mirror in /etc/apt; if Debian moved on to a newer version, port native/ to it",
    );
  }
  return sorted;
}

const isNewer = (a, b) =>
  run("dpkg", ["--compare-versions", a, "gt", b]).then(
    () => true,
    () => false,
  );

/** Downloads a source package into a folder (apt checks it against the signed index); returns the .dsc file's path. */
export async function downloadSource(name, version, dir) {
  const fileVersion = version.replace(/^\d+:/, "");
  emptyFolder(dir);
  await download(dir, "apt-get", ["source", "-q", "--only-source", "--download-only", `${name}=${version}`]);
  return join(dir, `${name}_${fileVersion}.dsc`);
}

/**
 * Downloads a release from the archive's pool, where the files stay for a while after the index has moved on. The .dsc
 * is checked against `dscSha256`, and the files it names against the .dsc. Returns its path.
 */
export async function downloadFromPool(name, { version, dscSha256 }, dir) {
  const folder = `${findMirror().archive.uri.replace(/\/$/, "")}/pool/main/${poolFolder(name)}/${name}`;
  const fetchFile = (file, hash) =>
    download(dir, APT_HELPER, ["download-file", `${folder}/${file}`, file, `SHA256:${hash}`]);
  const dsc = `${name}_${version}.dsc`;
  emptyFolder(dir);
  await fetchFile(dsc, dscSha256);
  const sums = /^Checksums-Sha256:\n((?: .+\n)+)/m.exec(readFileSync(join(dir, dsc), "utf8"))?.[1] ?? "";
  for (const [, hash, file] of sums.matchAll(/^ ([0-9a-f]{64}) \d+ (\S+)$/gm)) await fetchFile(file, hash);
  return join(dir, dsc);
}

/** Debian's pool sorts by first letter, libraries by the four letters "libX". */
const poolFolder = (name) => (name.startsWith("lib") ? name.slice(0, 4) : name.slice(0, 1));

/** Downloads a binary package into a folder, without installing it. */
export async function downloadBinary(name, dir) {
  emptyFolder(dir);
  await download(dir, "apt-get", ["download", "-q", name]);
}

function emptyFolder(dir) {
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true });
}

async function download(dir, command, args) {
  try {
    await apt(command, args, dir);
  } catch (cause) {
    throw new BuildFailure(STEP, cause.message, "check the network, then build again", { cause });
  }
}
