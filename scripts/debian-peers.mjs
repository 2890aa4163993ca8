/** The real peers that test/interop and bench/ talk to, from Debian's own packages. */
import { spawnSync } from "node:child_process";
import { runQuietly, say } from "./setup.mjs";

const PACKAGES = [
  "ansible",
  "bgpdump",
  "bird2",
  "bzip2",
  "chromium",
  "exabgp",
  "frr",
  "gobgpd",
  "golang-go",
  "golang-golang-x-crypto-dev",
  "iproute2",
  "libyang2-tools",
  "mandoc",
  "openssh-client",
  "openssl",
  "pmacct",
  "prometheus",
  "python3-ncclient",
  "systemd",
  "tcpdump",
  "tmux",
  "tshark",
  "yangcli",
];

/** Installs what is missing; throws when that is not possible, as tests against real peers are never skipped. */
export async function installPeers() {
  await installPackages(PACKAGES, "tests against real peers");
}

/** Installs those of the packages that are missing; throws when that is not possible. `purpose` is what needs them. */
export async function installPackages(packages, purpose) {
  const missing = missingOf(packages, purpose);
  if (missing.length === 0) return;
  if (process.getuid?.() !== 0)
    throw new Error(`root is needed for ${purpose}. Run as root: apt-get install ${missing.join(" ")}`);
  say(`installing Debian packages: ${missing.join(" ")}`);
  await runQuietly("apt-get", ["update", "-qq"]);
  await runQuietly("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...missing], {
    DEBIAN_FRONTEND: "noninteractive",
    // Asks the init scripts for no start: the daemons run in the tests' namespaces only.
    RUNLEVEL: "1",
  });
  const still = missingOf(packages, purpose);
  if (still.length > 0)
    throw new Error(`not installed by apt-get: ${still.join(" ")}. See what "apt-cache policy" says of them.`);
}

function missingOf(packages, purpose) {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own format language
  const format = "${Package} ${db:Status-Status}\n";
  const { stdout, error } = spawnSync("dpkg-query", ["-W", "-f", format, ...packages], {
    encoding: "utf8",
  });
  if (error !== undefined) throw new Error(`Debian is needed for ${purpose}: ${error.message}. Run this on Debian 12.`);
  const installed = new Set(
    stdout
      .split("\n")
      .filter((line) => line.endsWith(" installed"))
      .map((line) => line.split(" ")[0]),
  );
  return packages.filter((name) => !installed.has(name));
}
