import { useEffect, useRef, useState } from "react";
import { useLocation } from "wouter";
import { showToast } from "../design/toast.ts";
import styles from "./DropTarget.module.css";
import { type Dropped, droppedFiles } from "./dropped-files.ts";
import { uploadFiles } from "./uploads.ts";

/**
 * Files and folders can be dropped on every page, or pasted: a browser that is not told what to do with
 * them would leave the page for them, and what is recorded or typed there.
 */
export function DropTarget() {
	const [isOver, setOver] = useState(false);
	const [path, navigate] = useLocation();
	const latest = useRef((_dropped: Dropped) => {});
	latest.current = ({ files, leftOut }) => {
		uploadFiles(files);
		const isElsewhere = path !== "/" && files.length > 0;
		if (!isElsewhere && leftOut === 0 && files.length > 0) return;
		showToast({
			text: arrivalWords(files.length, leftOut),
			...(isElsewhere ? { action: { label: "Show", run: () => navigate("/") } } : {}),
		});
	};
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
			if (event.dataTransfer !== null) void droppedFiles(event.dataTransfer).then(latest.current);
		};
		const onPaste = ({ clipboardData, target }: ClipboardEvent) => {
			// What is pasted into a field is meant for it: a picture beside the words is no recording.
			if (target instanceof Element && target.closest("input, textarea, [contenteditable]")) return;
			if (clipboardData && clipboardData.files.length > 0)
				latest.current({ files: [...clipboardData.files], leftOut: 0 });
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

function arrivalWords(files: number, leftOut: number): string {
	const others =
		leftOut === 1 ? "One other file is no audio." : `${leftOut} other files are no audio.`;
	if (files === 0) return leftOut === 0 ? "Nothing was in there." : "No audio was in there.";
	const coming = files === 1 ? "One file is on its way." : `${files} files are on their way.`;
	return leftOut === 0 ? coming : `${coming} ${others}`;
}
