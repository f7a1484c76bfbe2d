import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useMemo, useState } from "react";
import { useStatus } from "../api/status.ts";
import { Button, ButtonLink } from "../design/Button.tsx";
import { EmptyState } from "../design/EmptyState.tsx";
import { ErrorNotice } from "../design/ErrorNotice.tsx";
import { formatHours, formatSize } from "../design/format.ts";
import { Page } from "../design/Page.tsx";
import { Skeleton } from "../design/Skeleton.tsx";
import { useKeys } from "../shell/keys.ts";
import { counted, retry, trash } from "./bulk.ts";
import { chooseFiles } from "./choose-files.ts";
import { FilterBar } from "./FilterBar.tsx";
import { FirstSteps } from "./FirstSteps.tsx";
import { type Filters, useFilters } from "./filters.ts";
import styles from "./LibraryPage.module.css";
import { RecordingList } from "./RecordingList.tsx";
import { useRows } from "./rows.ts";
import { SearchBar } from "./SearchBar.tsx";
import { SelectionBar } from "./SelectionBar.tsx";
import { useSelection } from "./selection.ts";
import { UploadRows } from "./UploadRows.tsx";
import { useUploads } from "./uploads.ts";

export function LibraryPage() {
	const queries = useQueryClient();
	const [filters, change] = useFilters();
	const found = useRows(filters);
	const names = useMemo(() => found.rows.map(({ recording }) => recording.name), [found.rows]);
	const selection = useSelection(names);
	const [isTagging, setTagging] = useState(false);
	const uploads = useUploads();
	const onSearch = useCallback((q: string) => change({ q }), [change]);
	const onRetry = useCallback((name: string) => void retry(queries, [name]), [queries]);
	const onTrash = (chosen: string[]) => {
		if (filters.show === "trash") return;
		selection.clear();
		void trash(queries, chosen);
	};
	useKeys({
		u: chooseFiles,
		t: () => {
			if (selection.names.size > 0 && filters.show !== "trash") setTagging(true);
		},
		Escape: () => {
			if (selection.names.size > 0) selection.clear();
			else if (filters.q !== "") change({ q: "" });
		},
	});
	const isPlain = filters.q === "" && filters.show === "all" && filters.tags.length === 0;
	const isEmpty = !found.isPending && found.error === null && found.rows.length === 0;
	const isNew = isEmpty && isPlain;
	return (
		<Page
			title="Library"
			lead={isNew ? undefined : <Amount />}
			actions={
				!isNew && (
					<>
						<Button icon="upload" onPress={chooseFiles}>
							Add files
						</Button>
						<span className={styles.record}>
							<ButtonLink href="/record" kind="primary" icon="record">
								Record
							</ButtonLink>
						</span>
					</>
				)
			}
		>
			{!isNew && (
				<div className={styles.controls}>
					<SearchBar q={filters.q} onChange={onSearch} />
					<FilterBar filters={filters} onChange={change} />
				</div>
			)}
			<UploadRows />
			<p role="status" className="visually-hidden">
				{found.isSearch &&
					!found.isStale &&
					!found.isPending &&
					`${counted(found.rows.length)} found`}
			</p>
			{found.error !== null && (
				<ErrorNotice
					error={found.error}
					safe="What is kept is not touched by this."
					onRetry={found.retry}
				/>
			)}
			{found.isPending && found.error === null && <Waiting />}
			{isEmpty &&
				(isNew ? (
					uploads.length === 0 && <FirstSteps />
				) : (
					<NothingFound filters={filters} onChange={change} />
				))}
			{found.rows.length > 0 && (
				<div className={found.isStale ? styles.stale : ""}>
					{found.isSearch && (
						<h2 className={styles.found}>
							{found.isCut
								? `More than ${found.rows.length} found`
								: `${counted(found.rows.length)} found`}
						</h2>
					)}
					<RecordingList
						key={placeOf(filters)}
						place={placeOf(filters)}
						rows={found.rows}
						selection={selection}
						onRetry={onRetry}
						onTrash={onTrash}
						hasMore={found.hasMore && !found.isLoadingMore}
						onMore={found.loadMore}
						isByDay={!found.isSearch}
					/>
					{found.isCut && (
						<p className={styles.end}>
							These are the newest {found.rows.length} that match. Another word finds less.
						</p>
					)}
				</div>
			)}
			<SelectionBar
				selection={selection}
				show={filters.show}
				isTagging={isTagging && selection.names.size > 0}
				onTagging={setTagging}
			/>
		</Page>
	);
}

/** Letters that are added to a search do not make it another list. */
function placeOf({ q, show, tags }: Filters): string {
	return JSON.stringify([q !== "", show, tags]);
}

function Amount() {
	const { data } = useStatus();
	if (data === undefined || data.recordings.total === 0) return <p>&nbsp;</p>;
	const { total, durationSeconds, sizeBytes } = data.recordings;
	return (
		<p>
			{counted(total)} · {formatHours(durationSeconds)}
			<span className={styles.size}> · {formatSize(sizeBytes)}</span>
		</p>
	);
}

function Waiting() {
	return (
		<div className={styles.waiting} aria-hidden="true">
			{[70, 45, 60, 30, 55].map((width) => (
				<Skeleton key={width} lines={2} width={`${width}%`} />
			))}
		</div>
	);
}

function NothingFound({
	filters: { q, show, tags },
	onChange,
}: {
	filters: Filters;
	onChange: (change: Partial<Filters>) => void;
}) {
	if (q !== "") {
		return (
			<EmptyState
				title="Nothing was found"
				actions={<Button onPress={() => onChange({ q: "" })}>Leave the search</Button>}
			>
				<p>
					No title, tag or text has all of these words. Words are found from their beginning; quotes
					keep words together.
				</p>
			</EmptyState>
		);
	}
	const title =
		tags.length > 0
			? show === "all"
				? "No recording has these tags"
				: "Nothing here has these tags"
			: {
					all: "Nothing here",
					text: "No recording has a text yet",
					waiting: "Nothing waits for its text",
					failed: "Nothing has failed",
					archived: "The archive is empty",
					trash: "The trash is empty",
				}[show];
	return (
		<EmptyState
			title={title}
			actions={
				<Button onPress={() => onChange({ show: "all", tags: [] })}>Show all recordings</Button>
			}
		>
			{show === "trash" && <p>What is moved to the trash can be restored from here.</p>}
			{show === "archived" && (
				<p>What is archived stays kept and can be found; it is out of the way here.</p>
			)}
		</EmptyState>
	);
}
