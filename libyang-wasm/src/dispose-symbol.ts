/**
 * What `using` calls at the end of a scope. Node.js 20 knows the symbol, though not the syntax; some browsers know neither:
 * there one of the package's own gives the method a name.
 */
export const DISPOSE: typeof Symbol.dispose = Symbol.dispose ?? Symbol.for("Symbol.dispose");
