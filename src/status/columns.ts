import {
  entriesAt,
  type FeedState,
  type NeighborState,
  numberAt,
  numbersIn,
  type RouterState,
  type SessionState,
  type StateNode,
  textAt,
} from "../observe/plane-state.ts";
import { type Html, html } from "./html.ts";
import { statusLimits } from "./limits.ts";

/** A column of a table; what stands in it for an entry. */
export interface Column<E> {
  readonly title: string;
  readonly isNumber?: boolean;
  readonly cell: (entry: E) => Html | string;
}

interface Entry {
  readonly state?: StateNode;
}

/** Another leaf of the state is another line. The first column names the entry. */
export const SESSION_COLUMNS: readonly Column<SessionState>[] = [
  { title: "Collector", cell: sessionName },
  { title: "State", cell: sessionState },
  { title: "Since", cell: ({ state }) => when(textAt(state, "last-change")) },
  { title: "Messages", isNumber: true, cell: ({ state }) => count(sum(numbersIn(state, "sent-messages"))) },
  { title: "Sent", isNumber: true, cell: ({ state }) => octets(numberAt(state, "sent-octets")) },
  { title: "Queued", isNumber: true, cell: ({ state }) => octets(numberAt(state, "queued-octets")) },
  { title: "Flaps", isNumber: true, cell: number("flaps") },
  { title: "Resyncs", isNumber: true, cell: number("resynchronisations") },
  { title: "Last error", cell: lastError },
];

export const NEIGHBOR_COLUMNS: readonly Column<NeighborState>[] = [
  { title: "Neighbour", cell: ({ address }) => address },
  { title: "State", cell: ({ state }) => stateCell(textAt(state, "fsm-state"), NEIGHBOR_MOODS) },
  { title: "Since", cell: ({ state }) => when(textAt(state, "last-change")) },
  { title: "Routes", isNumber: true, cell: routes },
  { title: "UPDATEs", isNumber: true, cell: number("received-updates") },
  { title: "Established", isNumber: true, cell: number("established-transitions") },
  { title: "Last error", cell: lastError },
];

export const FEED_COLUMNS: readonly Column<FeedState>[] = [
  { title: "Feed", cell: ({ name }) => shortened(name) },
  { title: "State", cell: ({ state }) => stateCell(textAt(state, "oper-state"), FEED_MOODS) },
  { title: "Read", isNumber: true, cell: ({ state }) => octets(numberAt(state, "octets-read")) },
  { title: "Of", isNumber: true, cell: ({ state }) => octets(numberAt(state, "file-size")) },
  { title: "Records", isNumber: true, cell: number("records") },
  { title: "Routes", isNumber: true, cell: number("routes") },
  { title: "Last error", cell: lastError },
];

export const ROUTER_COLUMNS: readonly Column<RouterState>[] = [
  { title: "Router", cell: ({ address }) => address },
  { title: "State", cell: ({ state }) => stateCell(textAt(state, "oper-state"), ROUTER_MOODS) },
  { title: "Since", cell: ({ state }) => when(textAt(state, "connected-since")) },
  { title: "Peers", isNumber: true, cell: number("peers") },
  { title: "Routes", isNumber: true, cell: number("routes") },
  { title: "Received", isNumber: true, cell: ({ state }) => octets(numberAt(state, "received-octets")) },
  { title: "Last error", cell: lastError },
];

type Mood = "good" | "busy" | "bad" | "off";

/** How states look; one that is not named is on its way. */
const SESSION_MOODS: Readonly<Record<string, Mood>> = { up: "good", waiting: "bad", stuck: "bad", disabled: "off" };
const NEIGHBOR_MOODS: Readonly<Record<string, Mood>> = { established: "good", idle: "off" };

const FEED_MOODS: Readonly<Record<string, Mood>> = { done: "good", failed: "bad", disabled: "off" };

const ROUTER_MOODS: Readonly<Record<string, Mood>> = { connected: "good", waiting: "bad", disabled: "off" };

/** With why it is down, while it is. */
function sessionState({ state }: Entry): Html {
  const operState = textAt(state, "oper-state");
  const reason = operState === "up" || operState === "dumping" ? undefined : textAt(state, "down-reason");
  const why = reason === undefined ? undefined : html` <small>${reason}</small>`;
  return html`${stateCell(operState, SESSION_MOODS)}${why}`;
}

const stateCell = (state: string | undefined, moods: Readonly<Record<string, Mood>>): Html =>
  html`<span class="state ${moods[state ?? ""] ?? "busy"}">${state ?? "unknown"}</span>`;

function sessionName({ "vpn-instance": vpnInstance, address, alias }: SessionState): Html {
  const more = [alias, vpnInstance === "_public_" ? "" : `in ${vpnInstance}`].filter((text) => text !== "");
  return html`${address}${more.map((text) => html` <small>${shortened(text)}</small>`)}`;
}

function lastError({ state }: Entry): Html | string {
  const error = textAt(state, "last-error");
  if (error === undefined) return "";
  return html`${shortened(error)} <small>${when(textAt(state, "last-error-time"))}</small>`;
}

function routes({ state }: Entry): Html {
  const families = entriesAt(state, "address-family");
  return html`${families.map(
    (family) =>
      html`<span class="pair">${count(numberAt(family, "prefixes"))} <small>${textAt(family, "name")}</small></span> `,
  )}`;
}

/** A moment, by RFC 3339. */
export function when(time: string | undefined): Html | string {
  if (time === undefined) return "";
  const [day, clock] = new Date(time).toISOString().slice(0, 19).split("T");
  return html`<time datetime="${time}">${day} ${clock}</time>`;
}

export const shortened = (text: string): string => {
  const { statusTextCharacters } = statusLimits;
  const characters = Array.from(text.slice(0, statusTextCharacters * 2));
  if (characters.length <= statusTextCharacters) return text;
  return `${characters.slice(0, statusTextCharacters - 1).join("")}…`;
};

function number(path: string): (entry: Entry) => string {
  return ({ state }) => count(numberAt(state, path));
}

export const count = (value: number | undefined): string => (value === undefined ? "" : value.toLocaleString("en"));

const sum = (numbers: readonly (readonly [string, number])[]): number =>
  numbers.reduce((total, [, value]) => total + value, 0);

const UNITS = ["B", "kB", "MB", "GB", "TB", "PB"];

function octets(value: number | undefined): string {
  if (value === undefined) return "";
  const power = value < 1000 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(value) / 3));
  return `${(value / 1000 ** power).toLocaleString("en", { maximumFractionDigits: 1 })} ${UNITS[power]}`;
}
