/** The package for web pages and their workers: it fetches its files. The rest is the same. */
export * from "./api.ts";
export { fetchPackagedYangModules, loadLibyangModule } from "./fetched-files.ts";
