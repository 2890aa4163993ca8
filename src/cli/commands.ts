import type { Command, CommandContext } from "./command.ts";
import { CommandError } from "./command-error.ts";
import type { Place } from "./command-model.ts";
import { actionCommands } from "./commands/actions.ts";
import { abortTrial, clearCandidate, commit, commitTrial, rollback } from "./commands/candidate.ts";
import { configCommands } from "./commands/configure.ts";
import {
  displayCandidate,
  displayCommitChanges,
  displayCommitList,
  displayCurrent,
  displayThis,
} from "./commands/display-config.ts";
import { displayHistory, displayVersion } from "./commands/display-session.ts";
import { displayPeers, displaySessions, displayState } from "./commands/display-state.ts";
import { resetCounters, resetPeer, resetSession } from "./commands/reset.ts";
import { quit, screenLength, systemView, toTop, toUserView, undoScreenLength } from "./commands/session.ts";
import { type Match, match, type Spelling, type Suggestion, suggestions } from "./matcher.ts";
import { choice, keyword, optional, type Part, text } from "./syntax.ts";

/** What a filter of output does. */
export const filterWords = ["include", "exclude", "begin"] as const;

const wanted = text("filter", "Text to look for, as it is; capital letters count.", 1, 255);
const filter: Part = optional(
  keyword("|", "Leaves lines out."),
  choice(
    [keyword("include", "Lines with a text."), wanted],
    [keyword("exclude", "Lines without a text."), wanted],
    [keyword("begin", "From the first line with a text on."), wanted],
  ),
);

const filtered = (command: Command): Command => ({ ...command, parts: [...command.parts, filter] });

const anywhere: readonly Command[] = [
  displaySessions,
  displayPeers,
  displayCurrent,
  displayCandidate,
  displayCommitList,
  displayCommitChanges,
  displayHistory,
  displayVersion,
].map(filtered);

const inUserView: readonly Command[] = [
  systemView,
  quit,
  toTop,
  screenLength,
  undoScreenLength,
  resetSession,
  resetCounters,
  resetPeer,
  rollback,
];

const inSystemView: readonly Command[] = [quit, toTop, toUserView, commit, commitTrial, abortTrial, clearCandidate];

/**
 * The commands of the view a user is in, and after them those of each place it is in: what is not known here is looked
 * for further out, as when a whole configuration is typed. There words have to be whole: an abbreviation that fits
 * nothing here, or too much, must not come to mean something that nobody thinks of (`undo s`, `undo system`).
 */
function levels({ view, roots }: CommandContext): readonly (readonly Command[])[] {
  const always = [...anywhere, ...displayState(roots).map(filtered)];
  if (view.kind === "user") return [[...inUserView, ...always]];
  const own = [...inSystemView, filtered(displayThis), ...always];
  const places: (Place | undefined)[] = [undefined];
  for (let at = view.place; at !== undefined; at = at.outer) places.splice(-1, 0, at);
  return places.map((place, index) => [
    ...(index === 0 ? own : []),
    ...configCommands(place, roots),
    ...actionCommands(place),
  ]);
}

/** What a user knows who is in the wrong view. */
const commandsOfOtherView = ({ view, roots }: CommandContext): readonly Command[] =>
  view.kind === "user" ? [...inSystemView, ...configCommands(undefined, roots)] : inUserView;

const WAY_TO_OTHER_VIEW: Readonly<Record<CommandContext["view"]["kind"], string>> = {
  user: "This is a command of the system view. Type system-view first.",
  system: "This is a command of the user view. Type return first.",
};

/** The command that a line is. Throws `CommandError`. */
export function findCommand(context: CommandContext, line: string): Match<Command> {
  const [own = [], ...outer] = levels(context);
  const errors: CommandError[] = [];
  const attempt = (commands: readonly Command[], spelling: Spelling): Match<Command> | undefined => {
    try {
      return match(commands, line, spelling);
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      errors.push(error);
      return undefined;
    }
  };
  // Whole words first, wherever: a leaf that a module adds here must not take them for abbreviations of its name.
  for (const commands of [own, ...outer]) {
    const found = attempt(commands, "whole");
    if (found !== undefined) return found;
  }
  const found = attempt(own, "abbreviated");
  if (found !== undefined) return found;
  // What got furthest is what was meant; of the same the one that is nearest, read as loosely as can be.
  const nearest = errors.at(-1) as CommandError;
  const meant = errors.reduce((best, error) => (placeOf(error) > placeOf(best) ? error : best), nearest);
  const isOfOther = attempt(commandsOfOtherView(context), "whole") !== undefined;
  throw isOfOther ? new CommandError(WAY_TO_OTHER_VIEW[context.view.kind]) : meant;
}

const placeOf = ({ at = 0 }: CommandError): number => at;

/** What may follow the beginning of a line, of what the user may do. Throws `CommandError` when it begins wrong. */
export function suggest(context: CommandContext, line: string): readonly Suggestion[] {
  const { access, requester } = context;
  let first: unknown;
  for (const [index, commands] of levels(context).entries()) {
    const permitted = commands.filter(
      ({ operation }) => operation === undefined || access.permits(requester.user, operation),
    );
    try {
      const found = suggestions(permitted, line, index === 0 ? "abbreviated" : "whole");
      if (found.length > 0) return found;
    } catch (error) {
      first ??= error;
    }
  }
  if (first !== undefined) throw first;
  return [];
}
