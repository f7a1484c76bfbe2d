import type { FastifyRequest } from "fastify";
import type { Audit } from "../../audit/audit.ts";
import type { StoredReceipt } from "../../uploads/receipt-file.ts";

/** Who sent what, in the audit log. */
export async function noteUpload(
	audit: Audit,
	{ caller, ip }: FastifyRequest,
	{ name, sizeBytes, known }: StoredReceipt,
): Promise<void> {
	const detail = { sizeBytes, known };
	await audit.note({ caller, address: ip, action: "upload", recording: name, detail });
}
