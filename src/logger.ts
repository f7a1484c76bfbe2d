/**
 * What every level may write to: structured fields and one sentence. The real one (src/log.ts)
 * masks secrets and never throws; this file imports nothing.
 */
export type LogFields = Record<string, unknown>;

export type Logger = {
	debug(fields: LogFields, message: string): void;
	info(fields: LogFields, message: string): void;
	warn(fields: LogFields, message: string): void;
	error(fields: LogFields, message: string): void;
	/** A logger whose every line also carries `fields`, e.g. the recording's id (D1.15). */
	child(fields: LogFields): Logger;
};

export const silentLogger: Logger = {
	debug() {},
	info() {},
	warn() {},
	error() {},
	child: () => silentLogger,
};
