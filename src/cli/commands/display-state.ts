import type { NodeDescription } from "../../yang/node-descriptions.ts";
import type { SubtreeFilter } from "../../yang/subtree-filter.ts";
import { type Command, type CommandContext, type Output, operations } from "../command.ts";
import type { CommandNode, Place } from "../command-model.ts";
import { type DataElement, elementsAt, leafOf } from "../data-reader.ts";
import { childrenFilter, pathFilter, placeFilter } from "../edit-text.ts";
import { keyword, optional, type Part, phrase } from "../syntax.ts";
import { neighborList, placeOf, sessionArguments, sessionList } from "./instance-arguments.ts";
import { age, stateLines, table } from "./state-lines.ts";

const { vpnInstance, address, alias } = sessionArguments;
const verbose: Part = optional(keyword("verbose", "All that is known of each."));

export const displaySessions: Command = {
  parts: [
    ...phrase("display bmp session", "Collectors and their state."),
    vpnInstance,
    optional(address, alias),
    verbose,
  ],
  operation: operations.get,
  async *run(context, match): Output {
    const list = sessionList(context);
    const place = placeOf(list, match);
    if (match.words.includes("verbose")) return yield* allOf(context, place, "BMP session");
    const rows: string[][] = [];
    let up = 0;
    for await (const entry of entriesOf(context, place, ["oper-state", "last-change"])) {
      const state = leafOf(entry, "state", "oper-state") ?? "-";
      if (state === "up") up++;
      const name = leafOf(entry, "alias") ?? "";
      rows.push([
        leafOf(entry, "address") ?? "",
        name === "" ? "-" : name,
        state,
        age(leafOf(entry, "state", "last-change"), Date.now()),
        leafOf(entry, "vpn-instance") ?? "",
      ]);
    }
    yield ` Total number of BMP sessions: ${rows.length}`;
    yield ` Number of BMP sessions up: ${up}`;
    if (rows.length > 0) yield* table(["Session", "Alias", "State", "Age", "VPN"], rows);
  },
};

export const displayPeers: Command = {
  parts: [...phrase("display bgp peer", "BGP neighbours and their state."), optional(address), verbose],
  operation: operations.get,
  async *run(context, match): Output {
    const list = neighborList(context);
    const place = placeOf(list, match);
    if (match.words.includes("verbose")) return yield* allOf(context, place, "BGP neighbour");
    const rows: string[][] = [];
    let established = 0;
    for await (const entry of entriesOf(
      context,
      place,
      ["fsm-state", "last-change", "address-family"],
      ["remote-as"],
    )) {
      const state = leafOf(entry, "state", "fsm-state") ?? "-";
      if (state === "established") established++;
      rows.push([
        ...list.keys.map(({ description }) => leafOf(entry, description.name) ?? ""),
        leafOf(entry, "remote-as") ?? "-",
        state,
        age(leafOf(entry, "state", "last-change"), Date.now()),
        String(prefixesOf(entry)),
      ]);
    }
    yield ` Total number of peers: ${rows.length}`;
    yield ` Peers in established state: ${established}`;
    const keys = list.keys.map(({ description: { name } }) => (name === "address" ? "Peer" : name));
    if (rows.length > 0) yield* table([...keys, "AS", "State", "Up/Down", "Prefixes"], rows);
  },
};

function prefixesOf(entry: DataElement): number {
  const state = entry.children.find(({ name }) => name === "state");
  const families = (state?.children ?? []).filter(({ name }) => name === "address-family");
  return families.reduce((sum, family) => sum + Number(leafOf(family, "prefixes") ?? 0), 0);
}

/** The entries of a list that a place names, with some leafs of their state, and of themselves. */
async function* entriesOf(
  { datastores, requester }: CommandContext,
  place: Place,
  ofState: readonly string[],
  own: readonly string[] = [],
): AsyncGenerator<DataElement> {
  const { name, namespace } = place.node.description;
  const keys = place.node.keys.map(({ description }) => description.name);
  const content: SubtreeFilter = [
    ...[...keys, ...own].flatMap((leaf) => pathFilter(namespace, leaf)),
    ...childrenFilter(namespace, "state", ofState),
  ];
  for await (const entry of elementsAt(await datastores.get(requester, placeFilter(place, content)), 1)) {
    if (entry.name === name) yield entry;
  }
}

/** Keys and state of each entry that a place names. */
async function* allOf({ datastores, requester }: CommandContext, place: Place, what: string): Output {
  const { node } = place;
  const { name, namespace } = node.description;
  const content = [...node.keys.map(({ description }) => description.name), "state"];
  const filter = placeFilter(
    place,
    content.flatMap((child) => pathFilter(namespace, child)),
  );
  let count = 0;
  for await (const entry of elementsAt(await datastores.get(requester, filter), 1)) {
    if (entry.name !== name) continue;
    count++;
    yield `${what}:`;
    yield* stateLines(entry, node.description, "  ");
  }
  yield `Total: ${count}`;
}

/** The state of any module, as its YANG module has it. */
export function displayState(roots: readonly CommandNode[]): Command[] {
  return roots
    .filter(({ description }) => hasState(description))
    .map(({ word, description }) => ({
      parts: phrase(`display state ${word}`, "Operational state, as its YANG module has it."),
      operation: operations.get,
      async *run({ datastores, requester }): Output {
        const filter = pathFilter(description.namespace, description.name);
        for await (const element of elementsAt(await datastores.get(requester, filter), 0)) {
          yield* stateLines(element, description);
        }
      },
    }));
}

const hasState = ({ isConfig, children }: NodeDescription): boolean => !isConfig || children.some(hasState);
