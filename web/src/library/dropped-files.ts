/** Files of a dropped folder that nobody means: `.DS_Store`, `._memo.m4a`. */
const hidden = /^(\.|Thumbs\.db$|desktop\.ini$)/i;
/** What a browser says of a file by its name; of a kind that it does not know it says nothing. */
const maybeAudio = /^$|^(audio|video)\/|ogg/;

/** `leftOut`: so many others lie in dropped folders that are no audio. */
export type Dropped = { files: File[]; leftOut: number };

/**
 * What was dropped, with the audio that lies in dropped folders. To be called while the drop is handled:
 * afterwards a browser tells nothing any more.
 */
export async function droppedFiles({ items, files }: DataTransfer): Promise<Dropped> {
	const found: Dropped = { files: [], leftOut: 0 };
	const plain = [...files];
	const entries = [...items].map((item) => item.webkitGetAsEntry?.() ?? null);
	if (!entries.some((entry) => entry?.isDirectory)) return { ...found, files: plain };
	for (const entry of entries) {
		if (entry?.isDirectory) await addFolder(entry as FileSystemDirectoryEntry, found);
		else if (entry !== null) await addFile(entry as FileSystemFileEntry, found, true);
	}
	return found;
}

async function addFolder(folder: FileSystemDirectoryEntry, found: Dropped): Promise<void> {
	const reader = folder.createReader();
	// Chromium hands out a hundred at a time; none means that these were all.
	for (;;) {
		const some = await new Promise<FileSystemEntry[]>((resolve) =>
			reader.readEntries(resolve, () => resolve([])),
		);
		if (some.length === 0) return;
		for (const entry of some) {
			if (hidden.test(entry.name)) continue;
			if (entry.isDirectory) await addFolder(entry as FileSystemDirectoryEntry, found);
			else await addFile(entry as FileSystemFileEntry, found, false);
		}
	}
}

async function addFile(
	entry: FileSystemFileEntry,
	found: Dropped,
	isChosen: boolean,
): Promise<void> {
	const file = await new Promise<File | null>((resolve) =>
		entry.file(resolve, () => resolve(null)),
	);
	if (file !== null && (isChosen || maybeAudio.test(file.type))) found.files.push(file);
	else found.leftOut += 1;
}
