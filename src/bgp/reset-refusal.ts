/** Why a session is not reset; nothing has happened to it then. */
export type ResetRefusal = "not-configured" | "disabled" | "too-soon";
