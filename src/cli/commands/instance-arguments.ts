import { argument, type Command, type CommandContext } from "../command.ts";
import { type CommandNode, childOf, type Place } from "../command-model.ts";
import type { Match } from "../matcher.ts";
import { keyword, optional, type Part, text, type ValuePart } from "../syntax.ts";

const BMP = "urn:bmpconfd:yang:bmp";
const BGP = "urn:bmpconfd:yang:bgp";

/** The list of one of our modules that names lead to. */
function listAt({ roots }: CommandContext, namespace: string, ...names: readonly string[]): CommandNode {
  let found: CommandNode | undefined;
  let nodes = roots;
  for (const name of names) {
    found = childOf(nodes, name, namespace);
    nodes = found?.children ?? [];
  }
  if (found === undefined) throw new Error(`no ${names.join("/")} in the model`);
  return found;
}

export const sessionList = (context: CommandContext): CommandNode => listAt(context, BMP, "bmp", "bmp-session");
export const neighborList = (context: CommandContext): CommandNode => listAt(context, BGP, "bgp", "neighbor");

const vpnInstance: Part = optional(
  keyword("vpn-instance", "Sessions in a VPN instance."),
  text("vpn-instance", "Its name; _public_ is the public network.", 1, 31),
);

const address: ValuePart = {
  kind: "value",
  name: "address",
  help: "Address of the other side.",
  values: [{ base: "string", typedef: "X.X.X.X or X:X::X:X", bounds: [], words: [] }],
};

const alias: Part = optional(
  keyword("alias", "One of several sessions to an address."),
  text("alias", "Its alias.", 1, 31),
);

/** `[vpn-instance NAME]`, then `ADDRESS [alias ALIAS]`. */
export const sessionArguments = { vpnInstance, address, alias };

/** The entries that a match names; a key that is not given may be any. */
export const placeOf = (node: CommandNode, match: Match<Command>): Place => ({
  node,
  keys: node.keys.map(({ description: { name } }) => argument(match, name) ?? ""),
  outer: undefined,
});
