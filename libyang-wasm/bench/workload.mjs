/** The data both sides work on, made anew in each run and always the same. */

const CUSTOMERS = 100;
const NAMESPACE = "urn:libyang-wasm:bench-circuits";

/**
 * A document with `entries` circuits, in UTF-8. `changed`: the index of one whose description is another. Half the
 * addresses are IPv6 (the union's second type), every fourth circuit is multipoint (the `when`).
 */
export function circuitsXml(entries, changed = -1) {
  const parts = [`<circuits xmlns="${NAMESPACE}">`];
  for (let index = 0; index < CUSTOMERS; index += 1) parts.push(`<customer><name>${customer(index)}</name></customer>`);
  for (let index = 0; index < entries; index += 1) parts.push(circuit(index, index === changed));
  parts.push("</circuits>");
  return new TextEncoder().encode(parts.join(""));
}

const customer = (index) => `customer-${String(index % CUSTOMERS).padStart(3, "0")}`;

function circuit(index, isChanged) {
  const address =
    index % 2 === 0 ? `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}` : `2001:db8::${index.toString(16)}`;
  return (
    `<circuit><name>circuit-${String(index).padStart(6, "0")}</name><customer>${customer(index)}</customer>` +
    `<description>${isChanged ? "Moved" : "Zürich"} ${index}</description><local-address>${address}</local-address>` +
    (index % 3 === 0 ? `<local-port>${1024 + (index % 50_000)}</local-port>` : "") +
    (index % 4 === 0 ? "<kind>multipoint</kind><max-sites>24</max-sites>" : "") +
    `<peak-rate>${2_000_000 + index}</peak-rate><tag>gold</tag><tag>metro</tag></circuit>`
  );
}
