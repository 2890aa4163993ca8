import { isDeepStrictEqual } from "node:util";
import type { ConfigChange, ConfigObject, UnitChange } from "../datastore/subscriber.ts";
import { quoted } from "../errors/quoted.ts";
import { RpcError, type RpcErrorEntry } from "../errors/rpc-error.ts";
import { needsLinux, type TcpTimeouts } from "../net/dial.ts";
import { toTcpTimeouts } from "./unit-config.ts";
import { unitPaths } from "./unit-paths.ts";

/** What this machine cannot do now, in words; undefined = it can. */
export interface Machine {
  /** Have sockets use a network device. */
  deviceProblem(device: string): string | undefined;
  /** Give up connections at these times. */
  timeoutProblem(timeouts: TcpTimeouts): string | undefined;
  /** Sign segments with a key (RFC 2385). */
  md5Problem(): string | undefined;
}

/** What not every machine can act on, by unit. */
const MACHINE_NODES: Readonly<Record<string, readonly string[]>> = {
  [unitPaths.vpnInstance]: ["device"],
  [unitPaths.bmpSession]: ["source-interface", "tcp-md5", "tcp"],
  [unitPaths.neighbor]: ["tcp-md5"],
};

/**
 * Whether it depends on this machine if the unit can be as it is to be: all others can be carried out anywhere.
 * `before` is the unit in effect: what it has already was committed, and is not asked about again.
 */
export function dependsOnMachine({ path, after }: UnitChange, before: ConfigObject | undefined): boolean {
  const nodes = MACHINE_NODES[path] ?? [];
  return nodes.some((node) => {
    const value = after?.[node];
    if (value === undefined || isDeepStrictEqual(value, before?.[node])) return false;
    return node !== "tcp" || needsLinux(toTcpTimeouts(value as ConfigObject));
  });
}

/** Refuses a change of units that depend on this machine. Throws `RpcError` with all that is wrong. */
export function checkChange(change: ConfigChange, machine: Machine): void {
  const entries = change.flatMap((unit) => [...problems(unit, machine)]);
  if (entries.length > 0) throw new RpcError(entries);
}

function* problems({ path, keys, after = {} }: UnitChange, machine: Machine): Iterable<RpcErrorEntry> {
  const { "source-interface": sourceInterface, device } = after;
  const where = placeOf(path, keys);
  if (typeof device === "string") {
    const problem = machine.deviceProblem(device);
    const advice = "Create the device, or name another.";
    if (problem !== undefined) yield where.refusal("device", `cannot use device '${device}': ${problem}. ${advice}`);
  }
  if (typeof sourceInterface === "string") {
    const problem = machine.deviceProblem(sourceInterface);
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
}

interface Place {
  refusal(leaf: string, message: string): RpcErrorEntry;
}

/** How the unit is called in an error. */
function placeOf(path: string, keys: readonly string[]): Place {
  const [first = "", second = "", third = ""] = keys.map(quoted);
  switch (path) {
    case unitPaths.vpnInstance:
      return place(
        `VPN instance ${first}`,
        "vpn",
        "urn:bmpconfd:yang:vpn-instance",
        `/vpn:vpn-instances/vpn:vpn-instance[vpn:name=${first}]`,
      );
    case unitPaths.neighbor:
      return place(
        `The neighbour ${keys[0]}`,
        "bgp",
        "urn:bmpconfd:yang:bgp",
        `/bgp:bgp/bgp:neighbor[bgp:address=${first}]`,
      );
    default:
      return place(
        `The session with ${keys[1]}`,
        "bmp",
        "urn:bmpconfd:yang:bmp",
        `/bmp:bmp/bmp:bmp-session[bmp:vpn-instance=${first}][bmp:address=${second}][bmp:alias=${third}]`,
      );
  }
}

function place(name: string, prefix: string, namespace: string, path: string): Place {
  return {
    refusal: (leaf, message) => ({
      type: "application",
      tag: "operation-failed",
      path: { text: `${path}/${prefix}:${leaf}`, namespaces: { [prefix]: namespace } },
      message: `${name} ${message}`,
    }),
  };
}
