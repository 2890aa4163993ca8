/** A count as counter32 has it: past the maximum it begins anew (RFC 6991 section 3). */
export const counter32 = (count: number): number => count % 2 ** 32;
