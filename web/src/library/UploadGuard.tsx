import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { changeRows } from "./change-rows.ts";
import { isUploading, onArrival } from "./uploads.ts";

/** While files are on their way, on whatever page: leaving asks, and what arrives appears. */
export function UploadGuard() {
	const queries = useQueryClient();
	useEffect(() => {
		const onLeave = (event: BeforeUnloadEvent) => {
			if (isUploading()) event.preventDefault();
		};
		addEventListener("beforeunload", onLeave);
		const end = onArrival(({ name }) => void changeRows(queries, [name]));
		return () => {
			removeEventListener("beforeunload", onLeave);
			end();
		};
	}, [queries]);
	return null;
}
