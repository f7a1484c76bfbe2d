import { type RefObject, useEffect, useState } from "react";

/** How wide an element is, in CSS pixels; 0 before it is there. */
export function useWidth(element: RefObject<HTMLElement | null>): number {
	const [width, setWidth] = useState(0);
	useEffect(() => {
		if (element.current === null) return;
		const observer = new ResizeObserver(([entry]) => {
			if (entry) setWidth(Math.round(entry.contentRect.width));
		});
		observer.observe(element.current);
		return () => observer.disconnect();
	}, [element]);
	return width;
}
