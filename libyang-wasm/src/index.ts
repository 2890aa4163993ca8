/** libyang compiled to WebAssembly, with a typed API. Start with loadLibyangModule and Libyang.instantiate. */
export * from "./api.ts";
export { loadLibyangModule, readPackagedYangModule } from "./packaged-files.ts";
