/** Output that comes in steps: each gives a piece of it, in UTF-8, or undefined where it is time to let others go first. */
export type Pieces = Generator<Uint8Array | undefined, void, undefined>;
