import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import { signedHeaders } from "./sign.ts";

const message = { id: "evt_1", at: 1_700_000_000, body: '{"type":"recording.created"}' };

test("a receiver that knows the key computes the same signature", () => {
	const headers = signedHeaders("a plain secret", message);
	const content = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${message.body}`;
	const expected = createHmac("sha256", "a plain secret").update(content).digest("base64");
	assert.equal(headers["webhook-signature"], `v1,${expected}`);
});

test("a key as Standard Webhooks writes it is its bytes, not its letters", () => {
	// The example of the specification's own test suite.
	const headers = signedHeaders("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", {
		id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
		at: 1_614_265_330,
		body: '{"test": 2432232314}',
	});
	assert.equal(headers["webhook-signature"], "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
});
