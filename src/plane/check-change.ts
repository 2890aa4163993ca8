import type { ConfigChange, UnitChange } from "../datastore/subscriber.ts";
import { quoted } from "../errors/quoted.ts";
import { RpcError, type RpcErrorEntry } from "../errors/rpc-error.ts";
import { toVpnInstanceConfig } from "./unit-config.ts";
import { unitPaths } from "./unit-paths.ts";

/** Whether it depends on this machine if the unit can be as it is to be: all others can be carried out anywhere. */
export const dependsOnMachine = ({ path, after }: UnitChange): boolean =>
  path === unitPaths.vpnInstance && after !== undefined;

/**
 * Refuses a change that this machine cannot carry out; `deviceProblem` says what is wrong with a network device.
 * Throws `RpcError` with all that is wrong.
 */
export function checkChange(change: ConfigChange, deviceProblem: (device: string) => string | undefined): void {
  const problems: RpcErrorEntry[] = [];
  for (const unit of change.filter(dependsOnMachine)) {
    const { name, device } = toVpnInstanceConfig(unit.after ?? {});
    const problem = deviceProblem(device);
    if (problem !== undefined) problems.push(unusableDevice(name, device, problem));
  }
  if (problems.length > 0) throw new RpcError(problems);
}

function unusableDevice(name: string, device: string, problem: string): RpcErrorEntry {
  return {
    type: "application",
    tag: "operation-failed",
    path: {
      text: `/vpn:vpn-instances/vpn:vpn-instance[vpn:name=${quoted(name)}]/vpn:device`,
      namespaces: { vpn: "urn:bmpconfd:yang:vpn-instance" },
    },
    message: `VPN instance '${name}' cannot use device '${device}': ${problem}. Create the device, or name another.`,
  };
}
