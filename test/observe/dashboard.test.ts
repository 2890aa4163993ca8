import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { metricsOf } from "./server-state.ts";

// biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana's own way to name a variable
const CHOSEN = "${datasource}";
const docs = join(import.meta.dirname, "../../docs");

interface Target {
  readonly refId: string;
  readonly expr: string;
  readonly datasource: { readonly type: string; readonly uid: string };
}
interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly datasource?: { readonly uid: string };
  readonly targets?: readonly Target[];
}
interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly schemaVersion: number;
  readonly panels: readonly Panel[];
  readonly annotations: { readonly list: readonly { readonly expr: string }[] };
  readonly templating: {
    readonly list: readonly { readonly name: string; readonly type: string; readonly query: unknown }[];
  };
}

const dashboard = JSON.parse(readFileSync(join(docs, "grafana/bmpconfd.json"), "utf8")) as Dashboard;
const rules = readFileSync(join(docs, "prometheus/bmpconfd.rules.yml"), "utf8");

/** The labels that each exported metric has, by its name; those of a histogram under the names of its series. */
async function exported(): Promise<Map<string, Set<string>>> {
  const metrics = metricsOf();
  metrics.answered({ operation: "get", outcome: "ok", ms: 1 });
  const found = new Map<string, Set<string>>();
  for (const line of (await metrics.text()).split("\n")) {
    const [, name, labels = ""] = /^([a-z_0-9]+)(?:\{(.*)\})? /.exec(line) ?? [];
    if (name === undefined) continue;
    const known = found.get(name) ?? new Set(["instance", "job"]);
    found.set(name, known);
    for (const [, label = ""] of labels.matchAll(/([a-z_]+)="/g)) known.add(label);
  }
  return found;
}

const METRIC = /\b(?:bmpconfd|process|nodejs)_[a-z0-9_]+/g;
const namesIn = (text: string): string[] => text.match(METRIC) ?? [];

test("every metric that the dashboard names is exported, with the labels that it uses", async () => {
  const metrics = await exported();
  const expressions = [
    ...dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)),
    ...dashboard.annotations.list.map(({ expr }) => expr),
    ...dashboard.templating.list.map(({ query }) => JSON.stringify(query)),
  ];
  const names = new Set(expressions.flatMap(namesIn));
  expect(names.size).toBeGreaterThan(20);
  expect([...names].filter((name) => !metrics.has(name))).toEqual([]);
  for (const expression of expressions) {
    for (const [, name = "", selector = ""] of expression.matchAll(/\b(bmpconfd_[a-z0-9_]+)\{([^}]*)\}/g)) {
      for (const [, label = ""] of selector.matchAll(/([a-z_]+)(?:=|!)/g))
        expect([name, label, metrics.get(name)?.has(label)]).toEqual([name, label, true]);
    }
    const known = new Set(namesIn(expression).flatMap((name) => [...(metrics.get(name) ?? [])]));
    for (const [, labels = ""] of expression.matchAll(/\bby \(([^)]*)\)/g))
      expect(labels.split(", ").filter((label) => !known.has(label))).toEqual([]);
  }
});

test("the dashboard has what Grafana needs: a schema, panels that are told apart and do not overlap, a data source to choose", () => {
  expect(dashboard.schemaVersion).toBeGreaterThanOrEqual(36);
  expect([dashboard.uid, dashboard.title]).toEqual(["bmpconfd", "bmpconfd"]);
  expect(dashboard.templating.list).toContainEqual(
    expect.objectContaining({ name: "datasource", type: "datasource", query: "prometheus" }),
  );
  const { panels } = dashboard;
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  const taken = new Set<string>();
  for (const { title, type, gridPos, datasource, targets } of panels) {
    const { x, y, w, h } = gridPos;
    expect([title, x >= 0 && w > 0 && h > 0 && x + w <= 24]).toEqual([title, true]);
    for (let column = x; column < x + w; column++)
      for (let row = y; row < y + h; row++) {
        expect([title, taken.has(`${column},${row}`)]).toEqual([title, false]);
        taken.add(`${column},${row}`);
      }
    if (type === "row") continue;
    expect([title, datasource?.uid]).toEqual([title, CHOSEN]);
    expect(targets?.length).toBeGreaterThan(0);
    const refs = targets?.map(({ refId }) => refId) ?? [];
    expect(new Set(refs).size).toBe(refs.length);
    for (const target of targets ?? []) expect(target.datasource.uid).toBe(CHOSEN);
  }
});

test("every metric that an alert names is exported", async () => {
  const metrics = await exported();
  const names = new Set(namesIn(rules.replace(/^\s*#.*$/gm, "")));
  expect(names.size).toBeGreaterThan(5);
  expect([...names].filter((name) => !metrics.has(name))).toEqual([]);
});
