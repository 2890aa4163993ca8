/**
 * The part of the WebAssembly API this package uses. TypeScript describes it in the library of web pages only, which a
 * server has no other use for; where that library is loaded too, the two declarations of Module are one.
 */
declare global {
  namespace WebAssembly {
    /** Compiled code, without state: it can be shared with worker threads by postMessage. */
    interface Module {}
  }
}

/** The same type, for those who prefer to import it. */
export type WasmModule = WebAssembly.Module;

/** @internal */
export interface WasmMemoryObject {
  readonly buffer: ArrayBuffer;
}

interface WebAssemblyApi {
  compile(bytes: Uint8Array): Promise<WasmModule>;
  Instance: new (
    module: WasmModule,
    imports: Record<string, Record<string, (...args: number[]) => number>>,
  ) => { readonly exports: Readonly<Record<string, unknown>> };
  Memory: new (limits: { initial: number }) => WasmMemoryObject;
}

/** @internal */
export const webAssembly = (globalThis as unknown as { WebAssembly: WebAssemblyApi }).WebAssembly;
