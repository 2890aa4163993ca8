import { quoted } from "../errors/quoted.ts";
import type { ErrorTag, RpcErrorEntry } from "../errors/rpc-error.ts";
import { unitPaths } from "./unit-paths.ts";

/** A unit, as errors are about it. */
interface Place {
  /** `node`: names from the unit on; "" = the unit itself. */
  refusal(node: string, message: string, tag?: ErrorTag): RpcErrorEntry;
}

/** How the unit is called in an error. */
export function placeOf(path: string, keys: readonly string[]): Place {
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
    case unitPaths.mrtFeed:
      return place(`The feed ${keys[0]}`, "mrt", "urn:bmpconfd:yang:mrt", `/mrt:mrt/mrt:feed[mrt:name=${first}]`);
    case unitPaths.relayRouter:
      return place(
        `The router ${keys[0]}`,
        "relay",
        "urn:bmpconfd:yang:relay",
        `/relay:relay/relay:router[relay:address=${first}]`,
      );
    case unitPaths.relayListen:
      return place(
        `Address ${keys[0]} port ${keys[1]} for routers`,
        "relay",
        "urn:bmpconfd:yang:relay",
        `/relay:relay/relay:listen[relay:address=${first}][relay:port=${second}]`,
      );
    case unitPaths.bmpListen:
      return place(
        `The listener ${keys[1]} port ${keys[2]}`,
        "bmp",
        "urn:bmpconfd:yang:bmp",
        `/bmp:bmp/bmp:listen[bmp:vpn-instance=${first}][bmp:address=${second}][bmp:port=${third}]`,
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
    refusal: (node, message, tag = "operation-failed") => ({
      type: "application",
      tag,
      path: {
        text: [path, ...node.split("/").filter((name) => name !== "")].join(`/${prefix}:`),
        namespaces: { [prefix]: namespace },
      },
      message: `${name} ${message}`,
    }),
  };
}
