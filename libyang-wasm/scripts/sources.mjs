/** The sources the build starts from: Debian's libyang and PCRE2 with Debian's patches, and a package of YANG modules. */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { hashFolder, readIfAny, sha256, writeWhole } from "./digest.mjs";
import { BUILD_DIR } from "./paths.mjs";
import { downloadBinary, downloadFromPool, downloadSource, openPrivateApt, sourceVersions } from "./private-apt.mjs";
import { BuildFailure, progress } from "./report.mjs";
import { run } from "./run.mjs";

const SOURCES_DIR = join(BUILD_DIR, "sources");
const RECORD_FILE = join(SOURCES_DIR, "sources.json");

/** Unpacked trees. dpkg-source's tree, not the upstream archive: Debian's security fixes are in its patches. */
export const LIBYANG_DIR = join(SOURCES_DIR, "libyang");
export const PCRE2_DIR = join(SOURCES_DIR, "pcre2");
export const YUMA_DIR = join(SOURCES_DIR, "libyuma-base");

/**
 * Point releases are welcome: an exact version disappears from the mirrors' indexes with the next one. `known`: a release
 * this package was built from, for the days in which a mirror lists a version that it does not have yet.
 */
const SOURCE_PACKAGES = [
  {
    name: "libyang",
    accept: /^(?:\d+:)?3\.12\.\d+-/,
    known: { version: "3.12.2-1", dscSha256: "a5e8816dc494117eb89040fdfc20361fdd23abbaf49f1ced37a80f1741f26d65" },
    dir: LIBYANG_DIR,
  },
  {
    name: "pcre2",
    accept: /^(?:\d+:)?10\.46-/,
    known: {
      version: "10.46-1~deb13u2",
      dscSha256: "4eac7bfc4d11259da7d299f90b6c74b359d7cbb3be2f017e039b02524f30d2e6",
    },
    dir: PCRE2_DIR,
  },
];

/**
 * Fetches and unpacks what is not there yet. Returns the record of what the trees are:
 * `{ packages: [{ name, version, sha256 }] }`, whose hashes stand for the trees in the caches of later steps.
 */
export async function ensureSources({ refetch = false } = {}) {
  const known = readIfAny(RECORD_FILE);
  if (known !== undefined && !refetch) return JSON.parse(known);
  rmSync(RECORD_FILE, { force: true });
  await openPrivateApt();
  const packages = [];
  for (const source of SOURCE_PACKAGES) packages.push(await fetchSource(source));
  packages.push(await fetchYuma());
  const record = { packages };
  writeWhole(RECORD_FILE, `${JSON.stringify(record, null, 2)}\n`);
  return record;
}

async function fetchSource({ name, accept, known, dir }) {
  const { version, dsc } = await downloadNewest(name, await sourceVersions(name, accept), known);
  await unpack(name, dir, (target) => run("dpkg-source", ["--no-check", "--no-copy", "-x", dsc, target]));
  return { name, version, sha256: sha256(readFileSync(dsc)) };
}

/** A mirror's index may be ahead of its files (seen right after a security update): then an older version will do. */
async function downloadNewest(name, versions, known) {
  const folder = join(SOURCES_DIR, `${name}.download`);
  for (const version of versions) {
    progress(`sources: ${name} ${version}`);
    try {
      return { version, dsc: await downloadSource(name, version, folder) };
    } catch (error) {
      if (!(error instanceof BuildFailure)) throw error;
      progress(`sources: ${name} ${version} is listed but cannot be fetched; trying an older one`);
    }
  }
  progress(`sources: ${name} ${known.version}, a release known to work`);
  return { version: known.version, dsc: await downloadFromPool(name, known, folder) };
}

async function fetchYuma() {
  const name = "libyuma-base";
  progress(`sources: ${name} (YANG modules)`);
  const download = join(SOURCES_DIR, `${name}.download`);
  await downloadBinary(name, download);
  const deb = readdirSync(download).find((file) => file.endsWith(".deb"));
  const file = join(download, deb);
  await unpack(name, YUMA_DIR, (target) => run("dpkg-deb", ["-x", file, target]));
  const version = (await run("dpkg-deb", ["-f", file, "Version"])).trim();
  return { name, version, sha256: hashFolder(YUMA_DIR) };
}

/** Unpacks aside, then renames: a tree under its final name is whole. */
async function unpack(name, dir, work) {
  const aside = `${dir}.part`;
  for (const old of [dir, aside]) rmSync(old, { recursive: true, force: true });
  mkdirSync(SOURCES_DIR, { recursive: true });
  try {
    await work(aside);
  } catch (cause) {
    throw new BuildFailure(
      "sources",
      `cannot unpack ${name}: ${cause.message}`,
      `remove ${SOURCES_DIR} and build again`,
      { cause },
    );
  }
  renameSync(aside, dir);
}
