import { useEffect, useState } from "react";
import styles from "./DropTarget.module.css";
import { uploadFiles } from "./uploads.ts";

/** Files can be dropped anywhere on the page, or pasted. */
export function DropTarget() {
	const [isOver, setOver] = useState(false);
	useEffect(() => {
		let depth = 0;
		const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
		const onEnter = (event: DragEvent) => {
			if (!hasFiles(event)) return;
			depth += 1;
			setOver(true);
		};
		const onLeave = (event: DragEvent) => {
			if (!hasFiles(event)) return;
			depth = Math.max(0, depth - 1);
			if (depth === 0) setOver(false);
		};
		const onOver = (event: DragEvent) => {
			if (hasFiles(event)) event.preventDefault();
		};
		const onDrop = (event: DragEvent) => {
			if (!hasFiles(event)) return;
			event.preventDefault();
			depth = 0;
			setOver(false);
			uploadFiles(event.dataTransfer?.files ?? []);
		};
		const onPaste = ({ clipboardData }: ClipboardEvent) => {
			if (clipboardData && clipboardData.files.length > 0) uploadFiles(clipboardData.files);
		};
		addEventListener("dragenter", onEnter);
		addEventListener("dragleave", onLeave);
		addEventListener("dragover", onOver);
		addEventListener("drop", onDrop);
		addEventListener("paste", onPaste);
		return () => {
			removeEventListener("dragenter", onEnter);
			removeEventListener("dragleave", onLeave);
			removeEventListener("dragover", onOver);
			removeEventListener("drop", onDrop);
			removeEventListener("paste", onPaste);
		};
	}, []);
	if (!isOver) return null;
	return (
		<div className={styles.over}>
			<p>Let go, and it is kept.</p>
		</div>
	);
}
