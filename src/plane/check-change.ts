import { isDeepStrictEqual } from "node:util";
import type { ConfigChange, ConfigObject, UnitChange } from "../datastore/subscriber.ts";
import { RpcError, type RpcErrorEntry } from "../errors/rpc-error.ts";
import { needsLinux, type TcpTimeouts } from "../net/dial.ts";
import type { Network } from "../net/linux-socket.ts";
import type { TlsOptions } from "../net/tls.ts";
import { tlsProblems } from "../net/tls-problems.ts";
import { toTcpTimeouts, toTlsOptions } from "./unit-config.ts";
import { unitPaths } from "./unit-paths.ts";
import { placeOf } from "./unit-place.ts";

/** What this machine cannot do now, in words; undefined = it can. */
export interface Machine {
  /** Have sockets use a network device, or a network namespace. */
  networkProblem(network: Network): string | undefined;
  /** Give up connections at these times. */
  timeoutProblem(timeouts: TcpTimeouts): string | undefined;
  /** Sign segments with a key (RFC 2385). */
  md5Problem(): string | undefined;
  /** Read an MRT file. */
  mrtProblem(file: string): string | undefined;
  /** How many of so many keys a listener can have. */
  md5Capacity(wanted: number): number;
}

/** What not every machine can act on, or what may turn out to be unusable, by unit. */
const CHECKED_NODES: Readonly<Record<string, readonly string[]>> = {
  [unitPaths.vpnInstance]: ["device", "network-namespace"],
  [unitPaths.bmpSession]: ["source-interface", "tcp-md5", "tcp", "tls"],
  [unitPaths.neighbor]: ["tcp-md5"],
  [unitPaths.mrtFeed]: ["file"],
  [unitPaths.relayRouter]: ["tcp-md5"],
};

/** Where a neighbour is listened for, and whether it is. */
const LISTENED_FOR = ["vpn-instance", "connection-mode"];

/**
 * Whether the unit may be impossible to carry out as it is to be: all others can be carried out anywhere. `before` is
 * the unit in effect: what it has already was committed, and is not asked about again.
 */
export function mayBeRefused({ path, after }: UnitChange, before: ConfigObject | undefined): boolean {
  // Their addresses may be in use.
  if (path === unitPaths.bmpListen || path === unitPaths.relayListen)
    return after !== undefined && before === undefined;
  if (path === unitPaths.neighbor && after?.["vpn-instance"] !== undefined) {
    const isSame = LISTENED_FOR.every((node) => after[node] === before?.[node]);
    if (!isSame && after["connection-mode"] !== "active") return true;
  }
  const nodes = CHECKED_NODES[path] ?? [];
  return nodes.some((node) => {
    const value = after?.[node];
    if (value === undefined || isDeepStrictEqual(value, before?.[node])) return false;
    return node !== "tcp" || needsLinux(toTcpTimeouts(value as ConfigObject));
  });
}

/** Refuses a change of units that cannot be carried out here. Throws `RpcError` with all that is wrong. */
export function checkChange(change: ConfigChange, machine: Machine): void {
  const entries = change.flatMap((unit) => [...problems(unit, machine)]);
  if (entries.length > 0) throw new RpcError(entries);
}

function* problems({ path, keys, after = {} }: UnitChange, machine: Machine): Iterable<RpcErrorEntry> {
  const { "source-interface": sourceInterface, "network-namespace": namespace, device, file } = after;
  const where = placeOf(path, keys);
  if (typeof device === "string") {
    const problem = machine.networkProblem({ device });
    const advice = "Create the device, or name another.";
    if (problem !== undefined) yield where.refusal("device", `cannot use device '${device}': ${problem}. ${advice}`);
  }
  if (typeof namespace === "string") {
    const problem = machine.networkProblem({ namespace });
    const advice = "Create the namespace, or name another.";
    if (problem !== undefined)
      yield where.refusal("network-namespace", `cannot use network namespace '${namespace}': ${problem}. ${advice}`);
  }
  if (typeof sourceInterface === "string") {
    const problem = machine.networkProblem({ device: sourceInterface });
    const advice = "Create the interface, or name another.";
    if (problem !== undefined)
      yield where.refusal("source-interface", `cannot use interface '${sourceInterface}': ${problem}. ${advice}`);
  }
  if (after["tcp-md5"] !== undefined) {
    const problem = machine.md5Problem();
    if (problem !== undefined) yield where.refusal("tcp-md5", `cannot have a TCP MD5 key: ${problem}.`);
  }
  if (after["tcp"] !== undefined) {
    const timeouts = toTcpTimeouts(after["tcp"] as ConfigObject);
    const problem = needsLinux(timeouts) ? machine.timeoutProblem(timeouts) : undefined;
    const advice = `Leave keepalive's interval and count, and user-timeout, as they are by default.`;
    if (problem !== undefined) yield where.refusal("tcp", `cannot have these timeouts: ${problem}. ${advice}`);
  }
  if (after["tls"] !== undefined) {
    for (const { option, text } of tlsProblems(toTlsOptions(after["tls"] as ConfigObject)))
      yield where.refusal(
        `tls/${TLS_LEAVES[option]}`,
        `cannot use TLS: ${TLS_LEAVES[option]} ${text}.`,
        "invalid-value",
      );
  }
  if (typeof file === "string") {
    const problem = machine.mrtProblem(file);
    const advice = "Put an MRT file into the folder that --mrt names, or name another.";
    if (problem !== undefined) yield where.refusal("file", `cannot read '${file}': ${problem}. ${advice}`);
  }
}

const TLS_LEAVES: Readonly<Record<keyof TlsOptions, string>> = {
  serverName: "server-name",
  caCertificates: "ca-certificates",
  certificate: "certificate",
  privateKey: "private-key",
};
