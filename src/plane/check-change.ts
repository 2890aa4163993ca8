import type { ConfigChange, ConfigObject, UnitChange } from "../datastore/subscriber.ts";
import { quoted } from "../errors/quoted.ts";
import { RpcError, type RpcErrorEntry } from "../errors/rpc-error.ts";
import { toBmpSessionConfig, toVpnInstanceConfig } from "./unit-config.ts";
import { unitPaths } from "./unit-paths.ts";

/**
 * Whether it depends on this machine if the unit can be as it is to be: all others can be carried out anywhere.
 * `before` is the unit in effect: what it has already was committed, and is not asked about again.
 */
export function dependsOnMachine({ path, after }: UnitChange, before: ConfigObject | undefined): boolean {
  switch (path) {
    case unitPaths.vpnInstance:
      return after !== undefined;
    case unitPaths.bmpSession:
      return after?.["source-interface"] !== undefined && after["source-interface"] !== before?.["source-interface"];
    default:
      return false;
  }
}

/**
 * Refuses a change that this machine cannot carry out, of units that depend on it; `deviceProblem` says what is wrong
 * with a network device. Throws `RpcError` with all that is wrong.
 */
export function checkChange(change: ConfigChange, deviceProblem: (device: string) => string | undefined): void {
  const problems: RpcErrorEntry[] = [];
  for (const { path, after = {} } of change) {
    if (path === unitPaths.vpnInstance) problems.push(...vpnInstanceProblems(after, deviceProblem));
    if (path === unitPaths.bmpSession) problems.push(...sessionProblems(after, deviceProblem));
  }
  if (problems.length > 0) throw new RpcError(problems);
}

function* vpnInstanceProblems(
  unit: ConfigObject,
  deviceProblem: (device: string) => string | undefined,
): Iterable<RpcErrorEntry> {
  const { name, device } = toVpnInstanceConfig(unit);
  const problem = deviceProblem(device);
  if (problem === undefined) return;
  yield {
    type: "application",
    tag: "operation-failed",
    path: {
      text: `/vpn:vpn-instances/vpn:vpn-instance[vpn:name=${quoted(name)}]/vpn:device`,
      namespaces: { vpn: "urn:bmpconfd:yang:vpn-instance" },
    },
    message: `VPN instance '${name}' cannot use device '${device}': ${problem}. Create the device, or name another.`,
  };
}

function* sessionProblems(
  unit: ConfigObject,
  deviceProblem: (device: string) => string | undefined,
): Iterable<RpcErrorEntry> {
  const { vpnInstance, address, alias, sourceInterface } = toBmpSessionConfig(unit);
  const problem = sourceInterface === undefined ? undefined : deviceProblem(sourceInterface);
  if (problem === undefined) return;
  const keys = `[bmp:vpn-instance=${quoted(vpnInstance)}][bmp:address=${quoted(address)}][bmp:alias=${quoted(alias)}]`;
  yield {
    type: "application",
    tag: "operation-failed",
    path: {
      text: `/bmp:bmp/bmp:bmp-session${keys}/bmp:source-interface`,
      namespaces: { bmp: "urn:bmpconfd:yang:bmp" },
    },
    message:
      `The session with ${address} cannot use interface '${sourceInterface}': ${problem}. ` +
      "Create the interface, or name another.",
  };
}
