import { Link, useLocation } from "wouter";
import { useStatus } from "../api/status.ts";
import { Icon, type IconName } from "../design/icons.tsx";
import styles from "./Shell.module.css";

const places: { href: string; label: string; icon: IconName }[] = [
	{ href: "/", label: "Library", icon: "library" },
	{ href: "/record", label: "Record", icon: "record" },
	{ href: "/queue", label: "Queue", icon: "queue" },
	{ href: "/library-health", label: "Health", icon: "health" },
	{ href: "/settings", label: "Settings", icon: "settings" },
];

export function Navigation() {
	const [path] = useLocation();
	const failures = useStatus().data?.jobs.parked ?? 0;
	return (
		<nav aria-label="Main" className={styles.navigation}>
			<ul>
				{places.map(({ href, label, icon }) => (
					<li key={href}>
						<Link
							href={href}
							className={styles.place}
							aria-current={isIn(path, href) ? "page" : undefined}
						>
							<Icon name={icon} />
							<span className={styles.placeName}>{label}</span>
							{href === "/queue" && failures > 0 && (
								<span className={styles.count}>
									{failures > 99 ? "99+" : failures}
									<span className="visually-hidden"> failed</span>
								</span>
							)}
						</Link>
					</li>
				))}
			</ul>
		</nav>
	);
}

function isIn(path: string, href: string): boolean {
	if (href === "/") return path === "/" || path.startsWith("/recordings/");
	return path === href || path.startsWith(`${href}/`);
}
