import { type Command, type CommandContext, type Output, operations } from "../command.ts";
import { CommandError } from "../command-error.ts";
import type { CommandNode } from "../command-model.ts";
import { elementsAt, leafOf } from "../data-reader.ts";
import { actionRequest, placeFilter } from "../edit-text.ts";
import type { Match } from "../matcher.ts";
import { choice, keyword, phrase } from "../syntax.ts";
import { neighborList, placeOf, sessionArguments, sessionList } from "./instance-arguments.ts";

const { vpnInstance, address, alias } = sessionArguments;
const all = keyword("all", "All of them.");

/** How messages speak of the entries of a list. */
interface Spoken {
  readonly name: string;
  /** The command that lists them. */
  readonly listing: string;
}
const sessions: Spoken = { name: "BMP session", listing: "display bmp session" };
const neighbors: Spoken = { name: "BGP neighbour", listing: "display bgp peer" };

/** Closes connections to collectors, and opens them anew at once. */
export const resetSession: Command = {
  parts: [...phrase("reset bmp session", "Connects to collectors anew."), vpnInstance, choice([address, alias], [all])],
  operation: operations.getConfig,
  run: (context, match) => reset(context, sessionList(context), match, sessions),
};

export const resetCounters: Command = {
  parts: [
    ...phrase("reset counters bmp session", "Lets the counters of sessions begin anew."),
    vpnInstance,
    choice([address, alias], [all]),
  ],
  operation: operations.getConfig,
  run: (context, match) => reset(context, sessionList(context), match, sessions, "clear-counters"),
};

export const resetPeer: Command = {
  parts: [...phrase("reset bgp peer", "Starts sessions with BGP neighbours anew."), choice([address], [all])],
  operation: operations.getConfig,
  run: (context, match) => reset(context, neighborList(context), match, neighbors),
};

/** One after the other. What cannot be reset ends it, and is told. */
async function* reset(
  context: CommandContext,
  list: CommandNode,
  match: Match<Command>,
  { name, listing }: Spoken,
  action = "reset",
): Output {
  const { datastores, requester } = context;
  const { namespace } = list.description;
  const isAll = match.words.includes("all");
  const wanted = placeOf(list, match);
  // Without an alias that session is meant which has none.
  const exact = list.keys.map(({ neutral }, index) =>
    wanted.keys[index] === "" ? (neutral ?? "") : wanted.keys[index],
  );
  const instances: string[][] = [];
  for await (const entry of elementsAt(await datastores.getConfig(requester, "running", placeFilter(wanted, [])), 1)) {
    const keys = list.keys.map(({ description }) => leafOf(entry, description.name) ?? "");
    const isMeant =
      isAll || keys.every((key, index) => list.keys[index]?.neutral === undefined || key === exact[index]);
    if (entry.name === list.description.name && isMeant) instances.push(keys);
  }
  if (instances.length === 0) throw new CommandError(`There is no such ${name}. See: ${listing}`);
  for (const keys of instances) {
    await datastores.action(
      requester,
      actionRequest({ node: list, keys, outer: undefined }, { name: action, namespace }),
    );
  }
  const reset = `${instances.length} ${name}${instances.length === 1 ? "" : "s"}`;
  yield `Info: ${action === "reset" ? "Reset" : "Reset the counters of"} ${reset}.`;
}
