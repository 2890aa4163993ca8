/** Loads modules of its own by callback, a submodule with them, and looks at what the model says. */
import { Libyang, loadLibyangModule } from "libyang-wasm";

const TEXTS = {
  lamp: `module lamp {
    yang-version 1.1; namespace "urn:example:lamp"; prefix l;
    import units { prefix u; }
    include lamp-alarms;
    revision 2026-01-01;
    feature dimming;
    container lamps {
      list lamp {
        key name;
        leaf name { type string { length "1..32"; pattern '[a-z][a-z0-9-]*' { error-app-tag bad-name; } } }
        leaf power { type u:watts; default 9; units watts; }
        leaf mode { type enumeration { enum steady; enum flashing { value 4; } } mandatory true; }
        leaf period { when "../mode = 'flashing'"; type uint16 { range "100..5000"; } units milliseconds; }
        leaf level { if-feature dimming; type uint8 { range "0..100"; } must ". > 0 or ../mode = 'steady'"; }
        leaf twin { type leafref { path "../../lamp/name"; } }
      }
    }
  }`,
  "lamp-alarms": `submodule lamp-alarms {
    yang-version 1.1; belongs-to lamp { prefix l; }
    notification burnt-out { leaf name { type string; } }
  }`,
  units: `module units {
    yang-version 1.1; namespace "urn:example:units"; prefix u;
    typedef watts { type uint16 { range "1..2000"; } }
  }`,
};

const libyang = Libyang.instantiate(await loadLibyangModule(), {
  importModule: (name, _revision, submodule) => TEXTS[submodule ?? name],
});
const context = libyang.createContext();
const lamp = context.loadModule("lamp", { features: ["dimming"] });

console.log(`${lamp.name}@${lamp.revision}, prefix ${lamp.prefix}, ${lamp.namespace}`);
console.log("features:", lamp.features);
console.log(
  "submodules:",
  lamp.submodules.map(({ name }) => name),
);
console.log("is units implemented, too?", context.modules().find(({ name }) => name === "units")?.isImplemented);

/** In the model's own words, but for the order. */
function describe(node, indent = "") {
  const { type } = node;
  console.log(`${indent}${node.kind} ${node.name}${type === undefined ? "" : ` (${type.typedef ?? type.base})`}`);
  const say = (text) => console.log(`${indent}  . ${text}`);
  if (node.keys.length > 0) say(`key ${node.keys.join(" ")}`);
  if (node.isMandatory && node.kind === "leaf" && !node.isKey) say("mandatory");
  for (const value of node.defaults) say(`default ${value}`);
  if (node.units !== undefined) say(`units ${node.units}`);
  for (const { min, max } of (type?.range ?? type?.length)?.parts ?? []) say(`${min} to ${max}`);
  for (const { expression, appTag } of type?.patterns ?? []) say(`pattern ${expression}, else ${appTag}`);
  for (const { name, number } of type?.enums ?? []) say(`enum ${name} = ${number}`);
  if (node.leafref !== undefined) say(`refers to ${node.leafref.target?.path}`);
  for (const { expression } of node.musts()) say(`must ${expression}`);
  for (const when of node.whens()) {
    const atoms = when.atoms().map(({ path }) => path);
    say(`when ${when.expression}, which depends on ${atoms.join(", ")}`);
  }
  for (const child of node.children()) describe(child, `${indent}  `);
}
for (const node of lamp.topLevelSchema()) describe(node);

const [power] = context.findSchema("/lamp:lamps/lamp/power");
console.log("canonical:", power.canonicalValue("+0060"), power.canonicalValue("bright"));

context.dispose();
