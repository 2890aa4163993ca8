import { execFileSync } from "node:child_process";
import { afterAll, beforeAll } from "vitest";

let made = 0;

/**
 * The name of a network namespace that is there for the tests of a file, with `addresses` on its loopback device. Needs
 * root: a machine on which namespaces cannot be made cannot tell whether they work.
 */
export function namespaceWith(...addresses: readonly string[]): string {
  made += 1;
  const name = `bmpconfd-test-${process.pid}-${made}`;
  beforeAll(() => {
    ip("netns", "add", name);
    ip("-n", name, "link", "set", "lo", "up");
    for (const address of addresses) ip("-n", name, "addr", "add", address, "dev", "lo");
  });
  afterAll(() => ip("netns", "delete", name));
  return name;
}

function ip(...args: string[]): void {
  execFileSync("ip", args, { stdio: "pipe" });
}
