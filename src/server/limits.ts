/** What one connection or all of them may take. Tests shorten the times. */
export type Limits = {
	/** From the beginning of a connection or request to the end of its headers. */
	headersSeconds: number;
	/** A connection that owes us bytes, or does not take ours, and moves fewer than `leastBytes`. */
	idleSeconds: number;
	leastBytes: number;
	/** Without any request. */
	keepAliveSeconds: number;
	/** What goes on when the service is ended gets so long to come to its end. */
	graceSeconds: number;
	mostConnections: number;
	/** From one address. This computer and trusted proxies may have all but so many, for others' sake. */
	mostOfOneAddress: number;
	/** Of one session or token. */
	mostEventStreams: number;
	headerBytes: number;
	urlBytes: number;
};

export const defaultLimits: Limits = {
	headersSeconds: 10,
	idleSeconds: 60,
	leastBytes: 1024,
	keepAliveSeconds: 65,
	graceSeconds: 5,
	mostConnections: 4000,
	mostOfOneAddress: 512,
	mostEventStreams: 1024,
	headerBytes: 16_384,
	urlBytes: 4096,
};
