import { describe, expect, test } from "vitest";
import { type Context, type DataTree, type WithDefaults, YangError } from "../../src/index.ts";
import { createContext, ORCHARD } from "../orchard.ts";
import { kindOf } from "./error-kind.ts";
import { ACCEPTED, type Fate, MESSAGES, OUT_OF_ORDER, REFUSED, type Sample } from "./samples.ts";
import { askYanglint, printByYanglint, type Verdict } from "./yanglint.ts";

/**
 * The same modules and data given to this package and to Debian's yanglint, libyang 2.1.30 built natively: the verdicts,
 * the output and the reasons have to agree. Between 2.1 and the 3.12 of the package these differ, each with a test of
 * how it does:
 *
 * - lists that the system orders are sorted by their keys since 3.0, and were kept as they came;
 * - the value of an identityref of the model's own module is printed without prefix, and had one;
 * - what is missing (mandatory, min-elements) is reported at the data node it is missing in, and had no data path; both
 *   cases of a choice are reported at the choice in the schema, and were at the data node;
 * - a string is printed in single quotes where it has a backslash, and was in double ones with escapes;
 * - what is of no use in a reply is left in it as an opaque node, for validation to refuse, and was refused in parsing;
 * - yanglint 2.1 validates no operation, it only parses them.
 */

/** A context with a sample's modules. */
function contextFor(sample: Sample): Context {
  const context = createContext();
  for (const module of sample.modules) {
    const [name = "", revision] = module.split("@");
    const features = sample.features?.[module] ?? [];
    context.loadModule(name, { features, ...(revision !== undefined && { revision }) });
  }
  return context;
}

/** This package's data for a sample, validated. Throws YangError. */
function read(context: Context, sample: Sample): DataTree {
  const format = sample.text.trimStart().startsWith("{") ? "json" : "xml";
  const data = context.parseData(sample.text, { format });
  try {
    context.validate(data, { noState: sample.type === "config" });
    return data;
  } catch (error) {
    data.dispose();
    throw error;
  }
}

function ask(sample: Sample, format: "xml" | "json", withDefaults: WithDefaults = "explicit"): Verdict {
  try {
    using data = read(contextFor(sample), sample);
    return { output: data.print({ format, withDefaults, pretty: true }) };
  } catch (error) {
    if (!(error instanceof YangError)) throw error;
    const [first] = error.items;
    if (first === undefined) throw error;
    const { message, dataPath } = first;
    return { error: { kind: kindOf(message), ...(dataPath !== undefined && { path: dataPath }), message } };
  }
}

/** What comes of a NETCONF message here. */
function fateOf(sample: Sample): Fate {
  const context = contextFor(sample);
  const operational = sample.operational === undefined ? undefined : context.parseData(sample.operational);
  let fate: Fate = "refused";
  try {
    if (sample.type === "nc-notif") {
      const notification = context.parseNotification(sample.text);
      fate = "not valid";
      context.validateNotification(notification, operational);
    } else if (sample.type === "nc-rpc") {
      const rpc = context.parseRpc(sample.text);
      fate = "not valid";
      context.validateRpc(rpc, operational);
    } else {
      const reply = context.parseReply(sample.text, context.parseRpc(sample.request ?? "").operation);
      fate = "not valid";
      if (!reply.isOk) context.validateReply(reply, operational);
    }
    return "valid";
  } catch (error) {
    if (error instanceof YangError) return fate;
    throw error;
  }
}

/** Output of libyang 2.1 as 3.12 prints it: no prefix for an identity of the module the leaf is of. */
const withoutOwnPrefix = (output: string | undefined): string | undefined =>
  output?.replaceAll(` xmlns:o="${ORCHARD}">o:`, ">").replaceAll('"fruit": "orchard:', '"fruit": "');

describe("accepted by both, and printed alike", () => {
  test.each(Object.entries(ACCEPTED))("%s", (_, sample) => {
    for (const format of ["xml", "json"] as const) {
      const native = askYanglint(sample, format);
      expect(native.error).toBeUndefined();
      expect(ask(sample, format).output).toBe(withoutOwnPrefix(native.output));
    }
  });

  test("entries out of order, which 2.1 does not sort", () => {
    const names = (verdict: Verdict): string[] =>
      [...(verdict.output ?? "").matchAll(/<name>(.*?)</g)].map(([, n]) => `${n}`);
    expect(names(ask(OUT_OF_ORDER, "xml"))).toEqual(["north", "south"]);
    expect(names(askYanglint(OUT_OF_ORDER, "xml"))).toEqual(["south", "north"]);
  });
});

describe("with defaults (RFC 6243)", () => {
  const modes = [
    ["report-all", "all"],
    ["trim", "trim"],
  ] as const;

  test.each(modes)("%s", (withDefaults, defaults) => {
    for (const sample of [ACCEPTED["entries with defaults"], ACCEPTED["a default that was set"]]) {
      if (sample === undefined) throw new Error("no sample");
      const native = askYanglint(sample, "xml", defaults);
      expect(native.error).toBeUndefined();
      expect(ask(sample, "xml", withDefaults).output).toBe(withoutOwnPrefix(native.output));
    }
  });
});

describe("refused by both, for the same reason at the same place", () => {
  test.each(Object.entries(REFUSED))("%s", (_, sample) => {
    const [{ error: ours }, { error: native }] = [ask(sample, "xml"), askYanglint(sample, "xml")];
    expect(ours?.kind).toBe(native?.kind);
    if (ours?.kind === "mandatory" || ours?.kind === "too few") {
      expect([ours.path, native?.path]).toEqual([expect.stringMatching(/^\//), undefined]);
    } else if (ours?.kind === "cases") {
      expect([ours.path, native?.path]).toEqual([undefined, "/orchard:orchard/shop"]);
    } else {
      expect(ours?.path).toBe(native?.path);
    }
  });
});

describe("NETCONF messages", () => {
  test.each(Object.entries(MESSAGES))("%s", (_, { sample, fate, isRefusedNatively = fate === "refused" }) => {
    const { error } = askYanglint(sample, "xml");
    expect([fateOf(sample), error !== undefined]).toEqual([fate, isRefusedNatively]);
  });
});

/** YANG of libyang 2.1 as 3.12 prints it. */
const withSingleQuotes = (yang: string): string =>
  yang.replace(/"([^"\n]*\\\\[^"\n]*)"/g, (_, text: string) => `'${text.replaceAll("\\\\", "\\")}'`);

describe("modules printed", () => {
  test.each(["orchard", "orchard-types", "gate", "ferry", "ferry-kinds", "ferry-rules", "lighthouse-paint"])(
    "%s",
    (name) => {
      const context = createContext();
      const module = context.loadModule(name);
      expect(module.print("yin")).toBe(printByYanglint(name, "yin"));
      expect(module.print("yang")).toBe(withSingleQuotes(printByYanglint(name, "yang")));
    },
  );
});
