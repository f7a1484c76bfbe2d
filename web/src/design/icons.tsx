import type { ReactNode } from "react";

/** Drawn on a 20 × 20 grid with a line of 1.5; they take the colour of the text around them. */
const paths = {
	library: <path d="M4 4.5v11M7.5 4.5v11M11 4.5v11M13.6 4.9l2.9 10.3" />,
	record: (
		<>
			<circle cx="10" cy="10" r="6.75" />
			<circle cx="10" cy="10" r="2.75" fill="currentColor" stroke="none" />
		</>
	),
	queue: <path d="M3.5 5.5h13M3.5 10h9M3.5 14.5h5.5" />,
	health: <path d="M2.75 10.5h3.5l2-5 3.5 9.5 2-4.5h3.5" />,
	settings: (
		<>
			<path d="M3.5 6.5h6.5M14.5 6.5h2M3.5 13.5h2M10 13.5h6.5" />
			<circle cx="12.25" cy="6.5" r="2.25" />
			<circle cx="7.75" cy="13.5" r="2.25" />
		</>
	),
	search: (
		<>
			<circle cx="8.75" cy="8.75" r="5" />
			<path d="m12.5 12.5 4 4" />
		</>
	),
	upload: <path d="M10 13V4M6.5 7.25 10 3.75l3.5 3.5M4 12.5v3.25h12V12.5" />,
	download: <path d="M10 3.75v9M6.5 9.5l3.5 3.5 3.5-3.5M4 12.5v3.25h12V12.5" />,
	trash: <path d="M4 5.75h12M8 5.5V3.75h4V5.5M5.5 5.75l.75 10.5h7.5l.75-10.5M8.5 9v4M11.5 9v4" />,
	restore: <path d="M4 8.25h8a3.75 3.75 0 0 1 0 7.5H7M7 5 3.75 8.25 7 11.5" />,
	retry: <path d="M15.9 8.5A6.25 6.25 0 1 0 16.1 12M16.25 4.5v4h-4" />,
	tag: (
		<>
			<path d="M3.75 9.5v-5.75H9.5l7 7-5.75 5.75z" />
			<circle cx="7" cy="7" r="1" fill="currentColor" stroke="none" />
		</>
	),
	check: <path d="m4.25 10.5 3.75 3.75 7.75-8.5" />,
	close: <path d="m5 5 10 10M15 5 5 15" />,
	more: (
		<g fill="currentColor" stroke="none">
			<circle cx="4.5" cy="10" r="1.35" />
			<circle cx="10" cy="10" r="1.35" />
			<circle cx="15.5" cy="10" r="1.35" />
		</g>
	),
	down: <path d="m5.5 8 4.5 4.5L14.5 8" />,
	right: <path d="m8 5.5 4.5 4.5L8 14.5" />,
	left: <path d="M12 5.5 7.5 10l4.5 4.5" />,
	warning: (
		<>
			<path d="M10 3.75 17 16H3z" />
			<path d="M10 8.5v3.25M10 13.6v.4" />
		</>
	),
	failed: (
		<>
			<circle cx="10" cy="10" r="6.75" />
			<path d="M10 6.5v4.25M10 13v.5" />
		</>
	),
	waiting: (
		<>
			<circle cx="10" cy="10" r="6.75" />
			<path d="M10 6.25V10l2.5 1.75" />
		</>
	),
	offline: (
		<path d="M3 8.25a10 10 0 0 1 4-2.2M17 8.25a10 10 0 0 0-5-2.5M6 11.25a6 6 0 0 1 2-1.25M14 11.25a6 6 0 0 0-1.5-1M10 15v.2M3.75 3.75l12.5 12.5" />
	),
	play: <path d="M6.5 4.5v11l9-5.5z" />,
	pause: <path d="M7 4.75v10.5M13 4.75v10.5" />,
	stop: <rect x="5.25" y="5.25" width="9.5" height="9.5" rx="1" />,
	edit: <path d="m4 16 .75-3.5L13 4.25l2.75 2.75-8.25 8.25zM11.25 6 14 8.75" />,
	copy: (
		<>
			<rect x="7" y="7" width="9" height="9" rx="1.25" />
			<path d="M4.25 12.75V5.25a1 1 0 0 1 1-1h7.5" />
		</>
	),
	plus: <path d="M10 4.5v11M4.5 10h11" />,
	archive: <path d="M3.75 4.25h12.5V8H3.75zM5 8v8h10V8M8.25 11h3.5" />,
	gap: <path d="M3 10h2.5M7.5 10h.01M10 10h.01M12.5 10h.01M14.5 10H17" />,
	keyboard: (
		<>
			<rect x="2.75" y="5.25" width="14.5" height="9.5" rx="1.5" />
			<path d="M5.75 8.25h.01M8.6 8.25h.01M11.4 8.25h.01M14.25 8.25h.01M7 11.75h6" />
		</>
	),
	microphone: (
		<>
			<rect x="7.75" y="3" width="4.5" height="8" rx="2.25" />
			<path d="M5 9.25a5 5 0 0 0 10 0M10 14.25V17" />
		</>
	),
	sun: (
		<>
			<circle cx="10" cy="10" r="3.25" />
			<path d="M10 2.75v1.5M10 15.75v1.5M2.75 10h1.5M15.75 10h1.5M4.9 4.9l1 1M14.1 14.1l1 1M15.1 4.9l-1 1M5.9 14.1l-1 1" />
		</>
	),
	moon: <path d="M15.75 11.75A6.5 6.5 0 0 1 8.25 4.2a6.5 6.5 0 1 0 7.5 7.55z" />,
	screen: (
		<>
			<rect x="3" y="4" width="14" height="9.5" rx="1.25" />
			<path d="M7.5 16.25h5" />
		</>
	),
} satisfies Record<string, ReactNode>;

export type IconName = keyof typeof paths;

/** Beside words that say the same; alone it needs an IconButton around it. */
export function Icon({ name, size = 20 }: { name: IconName; size?: number }) {
	return (
		<svg
			width={size}
			height={size}
			viewBox="0 0 20 20"
			fill="none"
			stroke="currentColor"
			strokeWidth="1.5"
			strokeLinecap="round"
			strokeLinejoin="round"
			aria-hidden="true"
			focusable="false"
		>
			{paths[name]}
		</svg>
	);
}
