import { uploadFiles } from "./uploads.ts";

/** Opens the device's own dialog. */
export function chooseFiles(): void {
	const input = document.createElement("input");
	input.type = "file";
	input.multiple = true;
	input.accept = "audio/*,video/*,.wav,.mp3,.m4a,.flac,.ogg,.opus,.webm,.aac,.amr,.wma";
	input.onchange = () => uploadFiles(input.files ?? []);
	input.click();
}
