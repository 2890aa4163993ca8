import { invalidValue, operationFailed } from "../../errors/constructors.ts";
import { escapedText } from "../escaped-text.ts";
import { NETCONF_MONITORING } from "../netconf-monitoring.ts";
import { data, defineOperation } from "../operation.ts";
import { requestPath } from "../parameter-errors.ts";
import { type SchemaItem, schemaFormats, schemaItems } from "../schema-list.ts";

/** <get-schema>, RFC 6022 section 3.1. YANG comes as text, YIN, which is XML, as an element. */
export const getSchema = defineOperation({
  namespace: NETCONF_MONITORING,
  name: "get-schema",
  parameters: ["identifier", "version", "format"],
  changesNothing: true,

  async run({ datastores }, input) {
    const identifier = input.requiredString("identifier");
    const version = input.string("version");
    const format = input.identity("format", NETCONF_MONITORING) ?? "yang";
    const known = schemaFormats.find((candidate) => candidate === format);
    const items = schemaItems(datastores.yangLibrary()).filter((item) => item.identifier === identifier);
    const [item, second] = items.filter(({ revision }) => version === undefined || version === (revision ?? ""));
    if (item === undefined || known === undefined) throw noSuchSchema(identifier, version, format);
    if (second !== undefined) throw notUnique(identifier, items);
    const text = await datastores.getSchema(item.identifier, item.revision, known);
    return data(known === "yin" ? text : escapedText(text), NETCONF_MONITORING);
  },
});

function noSuchSchema(identifier: string, version: string | undefined, format: string) {
  const wanted = `"${identifier}"${version === undefined ? "" : ` of version "${version}"`} in format "${format}"`;
  return invalidValue(`There is no schema ${wanted}; /netconf-state/schemas lists those there are.`, {
    path: requestPath({ namespace: NETCONF_MONITORING, name: "get-schema" }),
  });
}

function notUnique(identifier: string, items: readonly SchemaItem[]) {
  const versions = items.map(({ revision }) => `"${revision ?? ""}"`).join(", ");
  return operationFailed(
    `The schema "${identifier}" is there in several versions; add <version>, one of ${versions}.`,
    {
      type: "protocol",
      appTag: "data-not-unique",
      path: requestPath({ namespace: NETCONF_MONITORING, name: "get-schema" }),
    },
  );
}
