import type { ValueDescription } from "../yang/node-descriptions.ts";

/** A word that is typed as it is, or abbreviated. */
export interface WordPart {
  readonly kind: "word";
  readonly word: string;
  readonly help: string;
}

/** A value of the user's. */
export interface ValuePart {
  readonly kind: "value";
  /** What it is in a match. */
  readonly name: string;
  readonly help: string;
  /** Of one of these types. */
  readonly values: readonly ValueDescription[];
  /** Whether it is all that is left of the line, spaces included; in quotes it ends with these. */
  readonly isFreeText?: boolean;
}

/** What a command is made of, one part after the other. */
export type Part =
  | WordPart
  | ValuePart
  | { readonly kind: "optional"; readonly parts: readonly Part[] }
  | { readonly kind: "choice"; readonly alternatives: readonly (readonly Part[])[] }
  /** Any number of these. */
  | { readonly kind: "repeated"; readonly part: ValuePart };

export const keyword = (word: string, help: string): WordPart => ({ kind: "word", word, help });

export const optional = (...parts: readonly Part[]): Part => ({ kind: "optional", parts });

export const choice = (...alternatives: readonly (readonly Part[])[]): Part => ({ kind: "choice", alternatives });

/** What words say that several commands have in common. */
const COMMON: Readonly<Record<string, string>> = {
  display: "Shows configuration and state.",
  reset: "Begins connections anew.",
  bmp: "Connections to collectors.",
  bgp: "Sessions with BGP neighbours.",
  configuration: "The configuration and its history.",
  undo: "Takes back.",
  state: "Operational state.",
};

/** Words of which the last is what `help` is about. */
export function phrase(words: string, help: string): WordPart[] {
  const all = words.split(" ");
  return all.map((word, index) => keyword(word, index === all.length - 1 ? help : (COMMON[word] ?? help)));
}

const builtIn = (base: string, min: string, max: string): ValueDescription[] => [
  { base, typedef: undefined, bounds: [{ min, max }], words: [] },
];

/** A text of so many characters. */
export const text = (name: string, help: string, min: number, max: number): ValuePart => ({
  kind: "value",
  name,
  help,
  values: builtIn("string", String(min), String(max)),
});

/** A whole number. */
export const integer = (name: string, help: string, min: number, max: number): ValuePart => ({
  kind: "value",
  name,
  help,
  values: builtIn("uint32", String(min), String(max)),
});

/** How `?` shows a type: `INTEGER<1-65535>`, `STRING<1-31>`. */
export function hint({ base, typedef, bounds }: ValueDescription): string {
  const range = bounds.map(({ min, max }) => (min === max ? min : `${min}-${max}`)).join(",");
  const suffix = range === "" ? "" : `<${range}>`;
  if (/^u?int/.test(base)) return `INTEGER${suffix}`;
  if (base === "string") return typedef === undefined || range !== "" ? `STRING${suffix}` : typedef.toUpperCase();
  return `${base.toUpperCase()}${suffix}`;
}

/** Whether a value may be of a type; what else there is to be said of it is for the datastore to find out. */
export function accepts({ base, bounds, words }: ValueDescription, value: string): boolean {
  if (words.length > 0) return words.some(({ name }) => name === value);
  if (/^u?int/.test(base)) return /^[+-]?\d{1,20}$/.test(value) && isWithin(bounds, BigInt(value.replace("+", "")));
  if (base === "string") return isWithin(bounds, BigInt(Array.from(value).length));
  return true;
}

const isWithin = (bounds: ValueDescription["bounds"], value: bigint): boolean =>
  bounds.length === 0 || bounds.some(({ min, max }) => value >= BigInt(min) && value <= BigInt(max));
