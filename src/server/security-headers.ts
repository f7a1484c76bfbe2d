import type { Server } from "./context.ts";

/**
 * Inline styles that the page's libraries put into it, by their hashes: react-aria's for what can be
 * pressed and for what must not scroll. A test in a browser finds out when they change.
 */
const knownStyles: readonly string[] = [
	"38RhXrc7EdReTKsOm23ZPOCUgniTUUcjky8QOOrQx6o=",
	"gYiS/BvZvRcK27JIXTuwhZ3hs2+VJ1X+2gUlE+farlg=",
];

/** For the page: its own files and nothing else; no script in the text, no frame around it. */
export const pagePolicy = [
	"default-src 'self'",
	"script-src 'self'",
	["style-src 'self'", ...knownStyles.map((hash) => `'sha256-${hash}'`)].join(" "),
	"img-src 'self' data: blob:",
	"media-src 'self' blob:",
	"font-src 'self'",
	"connect-src 'self'",
	"worker-src 'self'",
	"manifest-src 'self'",
	"object-src 'none'",
	"base-uri 'none'",
	"form-action 'none'",
	"frame-ancestors 'none'",
].join("; ");

/** For all else: whatever it is, it is not a document. */
const dataPolicy =
	"default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

const everywhere: Record<string, string> = {
	"content-security-policy": dataPolicy,
	"x-content-type-options": "nosniff",
	"x-frame-options": "DENY",
	"referrer-policy": "no-referrer",
	"permissions-policy":
		"microphone=(self), camera=(), geolocation=(), payment=(), usb=(), serial=(), hid=(), midi=()",
	"cross-origin-opener-policy": "same-origin",
	"cross-origin-resource-policy": "same-origin",
	"x-permitted-cross-domain-policies": "none",
};

const yearSeconds = 31_536_000;

/**
 * What every answer carries. Set on the raw answer, so that routes that write to it themselves
 * (event streams) have it too; what a route sets takes its place.
 */
export function setSecurityHeaders(server: Server): void {
	const headers = Object.entries(everywhere);
	server.addHook("onRequest", (request, { raw }, done) => {
		for (const [name, value] of headers) raw.setHeader(name, value);
		// What not everybody may know, and what is true only now.
		const { scope = "public" } = request.routeOptions.config;
		if (scope !== "public" || /^\/(api|v1|health)\b/.test(request.url)) {
			raw.setHeader("cache-control", "no-store");
		}
		if (request.protocol === "https") {
			raw.setHeader("strict-transport-security", `max-age=${yearSeconds}`);
		}
		done();
	});
	server.addHook("onSend", (_request, reply, _payload, done) => {
		// A worker is bound by the policy of its own script.
		const type = String(reply.getHeader("content-type"));
		const isPage = /^(text\/html|(text|application)\/javascript)\b/.test(type);
		// Not what a route has set for itself.
		if (isPage && reply.getHeader("content-security-policy") === dataPolicy) {
			reply.header("content-security-policy", pagePolicy);
		}
		if (reply.statusCode === 401) reply.header("www-authenticate", 'Bearer realm="onwax"');
		done();
	});
}
