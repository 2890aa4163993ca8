/** libyang's result codes, without their LY_ prefix; and ELIMIT: a bound of the call, as in FindOptions. */
export type LyErrorCode =
  | "EMEM"
  | "ESYS"
  | "EINVAL"
  | "EEXIST"
  | "ENOTFOUND"
  | "EINT"
  | "EVALID"
  | "EDENIED"
  | "EINCOMPLETE"
  | "ERECOMPILE"
  | "ENOT"
  | "EOTHER"
  | "EPLUGIN"
  | "ELIMIT";

const ERROR_CODES: readonly LyErrorCode[] = [
  "EOTHER",
  "EMEM",
  "ESYS",
  "EINVAL",
  "EEXIST",
  "ENOTFOUND",
  "EINT",
  "EVALID",
  "EDENIED",
  "EINCOMPLETE",
  "ERECOMPILE",
  "ENOT",
  "EOTHER",
];
/** A type or extension plugin reported the error: this bit, plus one of the codes above. */
const PLUGIN_BIT = 128;

/** What kind of rule was broken. DATA: a restriction of the model; REFERENCE: something named does not exist. */
export type ValidationCode =
  | "NONE"
  | "SYNTAX"
  | "SYNTAX_YANG"
  | "SYNTAX_YIN"
  | "REFERENCE"
  | "XPATH"
  | "SEMANTICS"
  | "SYNTAX_XML"
  | "SYNTAX_JSON"
  | "DATA"
  | "OTHER";

const VALIDATION_CODES: readonly ValidationCode[] = [
  "NONE",
  "SYNTAX",
  "SYNTAX_YANG",
  "SYNTAX_YIN",
  "REFERENCE",
  "XPATH",
  "SEMANTICS",
  "SYNTAX_XML",
  "SYNTAX_JSON",
  "DATA",
  "OTHER",
];

/** One thing that is wrong. */
export interface YangErrorItem {
  /** The result code of this item; it may differ from the call's own. */
  code: LyErrorCode;
  /** What kind of rule was broken. */
  validationCode: ValidationCode;
  /** For people. It may repeat input, so it is cut at 1,000 bytes. */
  message: string;
  /** Where in the data, as in `/module:list[key='a']/leaf`. */
  dataPath?: string;
  /** Where in the model; libyang gives one of the two paths, seldom both. */
  schemaPath?: string;
  /** The model's error-app-tag, or the one RFC 7950 §15 defines (`must-violation`, `data-not-unique`...). */
  appTag?: string;
  /** Line of the input, from 1. Only parsing knows it. */
  line?: number;
}

/** In which call it happened: RFC 7950 §8.3 maps the same item to different NETCONF errors. */
export type YangErrorPhase = "parse" | "validate" | "other";

/** libyang refused: bad input, invalid data, or a wrong argument. The instance stays usable. */
export class YangError extends Error {
  /** The call's result. */
  readonly code: LyErrorCode;
  /** What was wrong, in libyang's order; may be empty. */
  readonly items: readonly YangErrorItem[];
  /** What kind of call it was. */
  readonly phase: YangErrorPhase;

  /** Made by this package only. */
  constructor(code: LyErrorCode, items: readonly YangErrorItem[], phase: YangErrorPhase) {
    super(items.length === 0 ? `libyang: ${code}` : items.map((item) => item.message).join("; "));
    this.name = "YangError";
    this.code = code;
    this.items = items;
    this.phase = phase;
  }
}

/** @internal */
export function outOfMemory(phase: YangErrorPhase = "other"): YangError {
  const message = "The instance has too little memory left.";
  return new YangError("EMEM", [{ code: "EMEM", validationCode: "OTHER", message }], phase);
}

/** @internal */
export function errorCode(result: number): LyErrorCode {
  if ((result & PLUGIN_BIT) !== 0) return ERROR_CODES[result & ~PLUGIN_BIT] ?? "EPLUGIN";
  return ERROR_CODES[result] ?? "EOTHER";
}

/** @internal */
export const validationCode = (code: number): ValidationCode => VALIDATION_CODES[code] ?? "OTHER";
