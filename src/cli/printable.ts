/**
 * Characters that make a terminal do something else than show one: controls (C0, DEL, C1), and those that turn the
 * direction of writing or break lines.
 */
const CONTROLS = /[\p{Cc}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/** Most text is nothing but this, which is found out much faster. */
const PLAIN = /^[ -~]*$/;

const shown = (control: string): string => `\\u{${(control.codePointAt(0) as number).toString(16)}}`;

/** Text from anywhere as a terminal may get it: a control character becomes its number, as in `\u{1b}`. */
export const printable = (text: string): string =>
  PLAIN.test(text) ? text : text.toWellFormed().replace(CONTROLS, shown);

/** Whether a character typed may be shown as it is. */
export const isPrintable = (text: string): boolean => text !== "" && printable(text) === text;

const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/gu;
const COMBINING = /[\p{Mn}\p{Me}\u200b-\u200d]/gu;

/** The columns that printable text takes. */
export const columnsOf = (text: string): number => Array.from(text.replace(COMBINING, "").replace(WIDE, "..")).length;
