export type LogLevel = "debug" | "info" | "warn" | "error";

/** What a line says besides its message. An error goes under `error`. */
export type LogFields = Readonly<Record<string, unknown>>;

/** A plain function, so that the layers that only compute can take one and know nothing of where lines go. */
export type Log = (level: LogLevel, message: string, fields?: LogFields) => void;
