import type { Module } from "libyang-wasm";

/** A module as `<hello>` announces it (RFC 6020 section 5.6.4). */
export function capabilityUri(module: Module): string {
  const enabled = module.features.filter((feature) => feature.enabled).map((feature) => feature.name);
  const parameters = [
    `module=${module.name}`,
    ...(module.revision === undefined ? [] : [`revision=${module.revision}`]),
    ...(enabled.length === 0 ? [] : [`features=${enabled.join(",")}`]),
  ];
  return `${module.namespace}?${parameters.join("&")}`;
}
