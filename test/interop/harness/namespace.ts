import { existsSync } from "node:fs";
import { onTestFinished } from "vitest";
import { ip } from "./private-network.ts";

/** Names of network namespaces are the machine's, wherever this process is. */
export const NAMESPACE = `bmpconfd-interop-${process.pid}`;

/** A network namespace in which addresses, IPv4 or IPv6, are local; gone after the test. */
export function addNamespace(name: string, ...addresses: readonly string[]): void {
  ip("netns", "add", name);
  onTestFinished(() => removeNamespace(name));
  ip("-n", name, "link", "set", "lo", "up");
  for (const address of addresses) ip("-n", name, "addr", "add", address, "dev", "lo");
}

export function removeNamespace(name: string): void {
  if (existsSync(`/run/netns/${name}`)) ip("netns", "delete", name);
}

/** What runs `command` in a network namespace; undefined = where this process is. */
export function commandIn(
  namespace: string | undefined,
  command: string,
  args: readonly string[],
): [string, readonly string[]] {
  return namespace === undefined ? [command, args] : ["ip", ["netns", "exec", namespace, command, ...args]];
}
