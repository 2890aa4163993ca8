/** Validates what an edit can have affected, in time that does not depend on the rest. */
import { Libyang, loadLibyangModule, ValidationPass, YangError } from "libyang-wasm";

const YARD = `module yard {
  yang-version 1.1; namespace "urn:example:yard"; prefix y;
  container yard {
    list berth { key number; leaf number { type uint16; } }
    list ship {
      key name;
      leaf name { type string; }
      leaf berth { type leafref { path "../../berth/number"; } }
      leaf crew { type uint16; must ". >= ../passengers div 100" { error-app-tag too-few; } }
      leaf passengers { type uint16; default 0; }
    }
  }
}`;

const libyang = Libyang.instantiate(await loadLibyangModule());
const context = libyang.createContext();
context.parseModule(YARD);
const [ship] = context.findSchema("/yard:yard/ship");
const [crew, berth] = ship
  .children()
  .filter(({ name }) => name === "crew" || name === "berth")
  .reverse();

const data = context.emptyTree();
for (let number = 1; number <= 1000; number += 1) {
  data.setPath(`/yard:yard/berth[number='${number}']`);
  data.setPath(`/yard:yard/ship[name='ship-${number}']/crew`, "20");
}
context.validate(data);

/** What can be wrong after such a change, and only that. Returns the errors. */
function validateShip(entry, isNew) {
  const pass = new ValidationPass(data);
  try {
    if (isNew) {
      pass.completeSubtree(entry);
      pass.evaluateWhens();
    } else pass.noteTypes(entry, berth);
    pass.resolveTypes(1000);
    if (isNew) pass.checkSubtree(entry);
    else pass.checkMusts(entry, crew);
    pass.finish();
    return [];
  } catch (error) {
    if (!(error instanceof YangError)) throw error;
    return error.items.map(({ dataPath, appTag }) => `${dataPath}: ${appTag}`);
  } finally {
    pass.dispose();
  }
}

data.setPath("/yard:yard/ship[name='aurora']/crew", "3");
const aurora = data.findPath("/yard:yard/ship[name='aurora']");
console.log("a new ship:", validateShip(aurora, true), "with", aurora.findPath("passengers").value, "passengers");

data.setPath(`${aurora.path}/passengers`, "400");
data.setPath(`${aurora.path}/berth`, "1001");
console.log("overbooked, and without a berth:", validateShip(aurora, false));

data.setPath(`${aurora.path}/crew`, "4");
data.setPath(`${aurora.path}/berth`, "1000");
console.log("mended:", validateShip(aurora, false));
// The whole validation finds nothing else.
context.validate(data);

data.dispose();
context.dispose();
