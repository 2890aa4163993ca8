import type { ActionDescription } from "../../yang/node-descriptions.ts";
import type { Command } from "../command.ts";
import { briefly, type Place } from "../command-model.ts";
import { actionRequest } from "../edit-text.ts";
import { keyword, optional, type Part } from "../syntax.ts";

/** The actions (RFC 7950 section 7.15) of the instance that a place is: they act on what is running. */
export function actionCommands(place: Place | undefined): Command[] {
  if (place === undefined) return [];
  // What has no values cannot be typed.
  const typed = place.node.description.actions.filter(({ input }) => input.every(({ kind }) => kind === "leaf"));
  return typed.map((action) => ({
    parts: [keyword(action.name, briefly(action)), ...action.input.map(inputPart)],
    // Rules about data decide, when it is asked for.
    operation: undefined,
    async *run({ datastores, requester }, match) {
      const { leaves } = await datastores.action(requester, actionRequest(place, action, match.arguments));
      for (const [name, value] of Object.entries(leaves)) yield `Info: ${name} ${value}`;
    },
  }));
}

function inputPart(leaf: ActionDescription["input"][number]): Part {
  const { name, values, isMandatory } = leaf;
  const help = briefly(leaf);
  const parts: Part[] = [keyword(name, help), { kind: "value", name, help, values }];
  return isMandatory ? { kind: "choice", alternatives: [parts] } : optional(...parts);
}
