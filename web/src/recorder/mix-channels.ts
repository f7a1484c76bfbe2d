/**
 * As many channels as are wanted: one goes to all of them, and several that come to lie in one are averaged
 * (as Web Audio mixes mono, stereo and four speakers).
 */
export function mixChannels(planes: readonly Float32Array[], channels: number): Float32Array[] {
	return Array.from({ length: channels }, (_, channel) => {
		const heard = planes.filter((_, from) => from % channels === channel);
		const [first = planes[channel % planes.length] ?? new Float32Array(0)] = heard;
		return heard.length < 2 ? first : first.map((_, at) => mean(heard, at));
	});
}

function mean(planes: readonly Float32Array[], at: number): number {
	let sum = 0;
	for (const plane of planes) sum += plane[at] ?? 0;
	return sum / planes.length;
}
