/** Collects the IETF's YANG modules into modules/, as name@revision.yang, unmodified. */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { filesBelow, sha256 } from "./digest.mjs";
import { BUILD_DIR, MODULES_DIR } from "./paths.mjs";
import { BuildFailure, progress } from "./report.mjs";
import { LIBYANG_DIR, YUMA_DIR } from "./sources.mjs";

/** What is wanted; a revision where only that one will do, otherwise the newest found. */
const WANTED = [
  ["ietf-netconf", "2011-06-01"],
  ["ietf-netconf-with-defaults"],
  ["ietf-netconf-monitoring"],
  ["ietf-netconf-acm", "2018-02-14"],
  ["ietf-netconf-notifications"],
  ["ietf-netconf-nmda"],
  ["ietf-netconf-partial-lock"],
  ["nc-notifications"],
  ["notifications"],
  ["ietf-yang-library", "2019-01-04"],
  ["ietf-datastores"],
  ["ietf-origin"],
  ["ietf-inet-types", "2013-07-15"],
  ["ietf-yang-types", "2013-07-15"],
  ["ietf-yang-metadata"],
  ["ietf-system"],
  ["iana-crypt-hash"],
  ["ietf-interfaces"],
  ["ietf-ip"],
  ["iana-if-type"],
];

/** Where to look, best first. libyuma-base's `notifications` needs a module of its own: its folder comes last. */
const folders = () => [
  join(LIBYANG_DIR, "models"),
  join(YUMA_DIR, "usr/share/yuma/nmda-modules/ietf"),
  join(YUMA_DIR, "usr/share/yuma/modules/ietf"),
  join(LIBYANG_DIR, "tests/modules/yang"),
  join(YUMA_DIR, "usr/share/yuma/modules/ietf-derived"),
];

/** A module's revision is its newest revision statement: file names do not always carry it. */
function revisionOf(file) {
  const text = readFileSync(file, "utf8").replace(/\/\*[\s\S]*?\*\//g, "");
  const revisions = [...text.matchAll(/^\s*revision\s+"?(\d{4}-\d\d-\d\d)"?/gm)].map((match) => match[1]);
  return revisions.sort().at(-1);
}

function find(name, revision) {
  const candidates = [];
  for (const folder of folders()) {
    const names = readdirSync(folder).filter(
      (file) => file === `${name}.yang` || (file.startsWith(`${name}@`) && file.endsWith(".yang")),
    );
    for (const file of names) candidates.push({ file: join(folder, file), revision: revisionOf(join(folder, file)) });
  }
  if (revision !== undefined) return candidates.find((candidate) => candidate.revision === revision);
  // A stable sort: of equal revisions the better folder's comes first.
  return candidates
    .filter((candidate) => candidate.revision !== undefined)
    .sort((a, b) => (a.revision < b.revision ? 1 : a.revision > b.revision ? -1 : 0))[0];
}

/** Fills modules/ anew; returns `[{ file, sha256 }]`. */
export function collectModules() {
  const aside = join(BUILD_DIR, "modules.part");
  rmSync(aside, { recursive: true, force: true });
  mkdirSync(aside, { recursive: true });
  for (const [name, revision] of WANTED) {
    const found = find(name, revision);
    if (found === undefined) {
      throw new BuildFailure(
        "modules",
        `no ${name}${revision ? `@${revision}` : ""} in the downloaded sources`,
        "see the folders in scripts/yang-modules.mjs",
      );
    }
    copyFileSync(found.file, join(aside, `${name}@${found.revision}.yang`));
  }
  rmSync(MODULES_DIR, { recursive: true, force: true });
  renameSync(aside, MODULES_DIR);
  progress(`modules: ${WANTED.length} YANG modules`);
  return filesBelow(MODULES_DIR).map((file) => ({
    file: basename(file),
    sha256: sha256(readFileSync(join(MODULES_DIR, file))),
  }));
}
