/** Of the module bmpconfd-commits: the history of commits, and the way back in it. */
export const COMMITS = "urn:bmpconfd:yang:commits";
