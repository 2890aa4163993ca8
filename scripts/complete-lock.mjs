/**
 * `npm run lock`, after npm has written package-lock.json: adds the platform packages that npm left out because the
 * registry in use does not have them. Without them `npm ci` refuses the file, on every platform.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { orExit, ROOT, say } from "./setup.mjs";

const LOCK = join(ROOT, "package-lock.json");
const OS = ["aix", "android", "darwin", "freebsd", "linux", "netbsd", "openbsd", "openharmony", "sunos", "win32"];
const CPU = ["arm", "arm64", "ia32", "loong64", "mips64el", "ppc64", "riscv64", "s390x", "x64"];
const LIBC = { gnu: "glibc", gnueabihf: "glibc", musl: "musl", musleabihf: "musl" };

await orExit(() => {
  const lock = JSON.parse(readFileSync(LOCK, "utf8"));
  const added = missingFrom(lock.packages);
  if (added.length === 0) return;
  const packages = Object.entries(lock.packages).concat(added);
  lock.packages = Object.fromEntries(packages.sort(([one], [other]) => one.localeCompare(other, "en")));
  writeFileSync(LOCK, `${JSON.stringify(lock, undefined, 2)}\n`);
  say(`added to package-lock.json: ${added.map(([path]) => path.slice("node_modules/".length)).join(" ")}`);
});

function missingFrom(packages) {
  return Object.entries(packages).flatMap(([path, { dev, optionalDependencies = {} }]) =>
    Object.entries(optionalDependencies)
      .filter(([name]) => !isFound(packages, path, name))
      .map(([name, version]) => [`node_modules/${name}`, entryOf(name, version, dev)]),
  );
}

/** Node's own look-up: beside the package, then in every folder above it. */
function isFound(packages, path, name) {
  for (let folder = path; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf("/node_modules/")))) {
    if (`${folder === "" ? "" : `${folder}/`}node_modules/${name}` in packages) return true;
    if (folder === "") return false;
  }
}

/** What npm would have written, but for the checksum, which only the registry knows. */
function entryOf(name, version, dev) {
  const words = name.split(/[/-]/);
  const os = words.find((word) => OS.includes(word));
  const cpu = words.find((word) => CPU.includes(word));
  if (os === undefined || cpu === undefined || !/^\d+\.\d+\.\d+$/.test(version)) {
    throw new Error(`${name}@${version} is not in package-lock.json and not a package for one platform`);
  }
  const libc = LIBC[words.at(-1)];
  return {
    version,
    cpu: [cpu],
    ...(dev === true ? { dev } : {}),
    ...(libc === undefined ? {} : { libc: [libc] }),
    optional: true,
    os: [os],
  };
}
