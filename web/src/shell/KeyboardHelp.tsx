import { Dialog } from "../design/Dialog.tsx";
import { Kbd } from "../design/Kbd.tsx";
import styles from "./KeyboardHelp.module.css";

const groups: [string, [keys: string[], does: string][]][] = [
	[
		"Everywhere",
		[
			[["/", "Ctrl+K"], "Search"],
			[["r"], "Record"],
			[["g", "l"], "Go to the library"],
			[["g", "q"], "Go to the queue"],
			[["g", "h"], "Go to health"],
			[["g", "s"], "Go to settings"],
			[["?"], "This list"],
		],
	],
	[
		"In the library",
		[
			[["j", "k"], "Next and previous recording; arrows do it too"],
			[["Enter"], "Open it"],
			[["x"], "Select it"],
			[["Shift+X"], "Select all from the last selected one to it"],
			[["t"], "Tag what is selected"],
			[["#"], "Move to the trash"],
			[["u"], "Add files"],
			[["Esc"], "Select nothing; leave the search"],
		],
	],
	[
		"In a recording",
		[
			[["Space"], "Play and pause"],
			[["←", "→"], "5 seconds back and on; with Shift 30"],
			[["[", "]"], "Slower and faster"],
			[["s"], "Skip silence"],
			[["e"], "Edit the text"],
		],
	],
];

export function KeyboardHelp({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
	return (
		<Dialog title="Keys" isOpen={isOpen} onClose={onClose} isWide>
			<div className={styles.groups}>
				{groups.map(([title, keys]) => (
					<section key={title}>
						<h3>{title}</h3>
						<dl className={styles.keys}>
							{keys.map(([names, does]) => (
								<div key={does}>
									<dt>
										{names.map((name) => (
											<Kbd key={name} keys={name} />
										))}
									</dt>
									<dd>{does}</dd>
								</div>
							))}
						</dl>
					</section>
				))}
			</div>
		</Dialog>
	);
}
