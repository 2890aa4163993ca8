/** What is wrong, whichever words a version of libyang has for it. */
export type ErrorKind =
  | "key missing"
  | "value"
  | "unknown node"
  | "unknown module"
  | "mandatory"
  | "must"
  | "when"
  | "unique"
  | "duplicate"
  | "too many"
  | "too few"
  | "reference"
  | "state"
  | "cases"
  | "operation"
  | "syntax";

const PATTERNS: readonly [RegExp, ErrorKind][] = [
  [/missing its key/i, "key missing"],
  [/^Mandatory/, "mandatory"],
  [/^Must condition|is that tall|is alone/, "must"],
  [/^When condition/, "when"],
  [/^Unique data/, "unique"],
  [/^Duplicate instance/, "duplicate"],
  [/^Too many/, "too many"],
  [/^Too few/, "too few"],
  [/leafref|instance-identifier.*(?:not found|required instance)/i, "reference"],
  [/state node|Unexpected data state/i, "state"],
  [/both cases|data for both|Data for both/i, "cases"],
  [/^No (?:\(implemented\) )?module/i, "unknown module"],
  [/not found as a child|Node ".*" not found/i, "unknown node"],
  [
    /Missing NETCONF|Missing the operation|Unexpected (?:RPC|notification|action)|envelope|eventTime|Missing child elements/i,
    "operation",
  ],
  [/Invalid|Unsatisfied|out of|does not start|starts with a letter|A label|unknown enum|value/i, "value"],
  [/tag mismatch|Unexpected end|expected|sequence|EOF|encoding|XML|character|Entity/i, "syntax"],
];

/** The kind of the first line that a message has for a pattern. */
export function kindOf(message: string): ErrorKind {
  const kind = PATTERNS.find(([pattern]) => pattern.test(message))?.[1];
  if (kind === undefined) throw new Error(`no kind for: ${message}`);
  return kind;
}

/** The instance a native message is about: `(Data location "/x:y/z", line number 1.)`. */
export const dataPathOf = (message: string): string | undefined =>
  /Data location "(.*?)"(?:, line number \d+)?\.\)$/.exec(message)?.[1];
