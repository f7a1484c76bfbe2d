/** WAVs as recorders, editors and crashes leave them. 16 kHz, mono, 16 bit unless said. */

const sampleRate = 16_000;

/** Each call gives other samples, so that no two files are the same recording. */
function samples(seconds: number, pitch: number): Buffer {
	const data = Buffer.alloc(Math.round(seconds * sampleRate) * 2);
	for (let at = 0; at < data.length; at += 2) {
		const phase = (2 * Math.PI * pitch * at) / (2 * sampleRate);
		data.writeInt16LE(Math.round(8000 * Math.sin(phase)), at);
	}
	return data;
}

type Format = { tag?: number; channels?: number; rate?: number; bits?: number; align?: number };

function fmt({ tag = 1, channels = 1, rate = sampleRate, bits = 16, align }: Format = {}): Buffer {
	const content = Buffer.alloc(16);
	const blockAlign = align ?? (channels * bits) / 8;
	content.writeUInt16LE(tag, 0);
	content.writeUInt16LE(channels, 2);
	content.writeUInt32LE(rate, 4);
	content.writeUInt32LE((rate * blockAlign) >>> 0, 8);
	content.writeUInt16LE(blockAlign & 0xffff, 12);
	content.writeUInt16LE(bits, 14);
	return chunk("fmt ", content);
}

function chunk(id: string, content: Buffer, declaredBytes = content.length): Buffer {
	const header = Buffer.alloc(8);
	header.write(id, "latin1");
	header.writeUInt32LE(declaredBytes, 4);
	return Buffer.concat([header, content, Buffer.alloc(content.length % 2)]);
}

function riff(chunks: Buffer[], declaredBytes?: number, magic = "RIFF"): Buffer {
	const body = Buffer.concat([Buffer.from("WAVE"), ...chunks]);
	const header = Buffer.alloc(8);
	header.write(magic, "latin1");
	header.writeUInt32LE(declaredBytes ?? body.length, 4);
	return Buffer.concat([header, body]);
}

function ds64(dataBytes: number): Buffer {
	const content = Buffer.alloc(28);
	content.writeBigUInt64LE(BigInt(dataBytes + 80), 0);
	content.writeBigUInt64LE(BigInt(dataBytes), 8);
	content.writeBigUInt64LE(BigInt(dataBytes / 2), 16);
	return chunk("ds64", content);
}

export type OddWav = {
	name: string;
	content: Buffer;
	/** Seconds that are physically there, where the header says something else. */
	durationSeconds?: number;
};

export function oddWavs(): OddWav[] {
	const wavs: OddWav[] = [];
	let pitch = 200;
	const audio = (seconds = 1) => {
		pitch += 3;
		return samples(seconds, pitch);
	};
	const add = (name: string, content: Buffer, durationSeconds?: number) => {
		wavs.push({
			name: `odd-${name}.wav`,
			content,
			...(durationSeconds ? { durationSeconds } : {}),
		});
	};

	const lies = { zero: 0, "all-ones": 0xffffffff, "sign-bit": 0x7fffffff, larger: 1_000_000 };
	for (const [name, declared] of Object.entries(lies)) {
		add(`data-size-${name}`, riff([fmt(), chunk("data", audio(), declared)]), 1);
		add(`riff-size-${name}`, riff([fmt(), chunk("data", audio())], declared), 1);
		add(`both-sizes-${name}`, riff([fmt(), chunk("data", audio(), declared)], declared), 1);
	}
	// Less is declared than lies there, and what follows is no chunk: written on, never finished.
	add("data-size-smaller", riff([fmt(), chunk("data", audio(2), 16_000)]), 2);
	add("data-size-odd", riff([fmt(), chunk("data", audio().subarray(0, 15_999))]), 0.5);
	add("half-a-sample", riff([fmt(), chunk("data", audio())]).subarray(0, -1), 1);

	const junk = (bytes: number) => chunk("JUNK", Buffer.alloc(bytes, 0x4a));
	add("junk-before", riff([junk(28), fmt(), junk(1), junk(4000), chunk("data", audio())]));
	add("junk-odd", riff([chunk("junk", Buffer.alloc(77, 1)), fmt(), chunk("data", audio())]));
	add("junk-large", riff([fmt(), junk(300_000), chunk("data", audio())]));
	add("junk-after", riff([fmt(), chunk("data", audio()), junk(100_001)]));
	add("list-after", riff([fmt(), chunk("data", audio()), chunk("LIST", Buffer.from("INFOx"))]));
	add(
		"data-inside-list",
		riff([fmt(), chunk("LIST", chunk("data", audio(0.2))), chunk("data", audio())]),
	);
	add("broadcast", riff([chunk("bext", Buffer.alloc(602, 32)), fmt(), chunk("data", audio())]));
	add("fmt-after-data", riff([chunk("data", audio()), fmt()]));
	add("two-fmts", riff([fmt(), fmt({ rate: 8000 }), chunk("data", audio())]));
	add("two-datas", riff([fmt(), chunk("data", audio()), chunk("data", audio())]));
	add("no-fmt", riff([chunk("data", audio())]));
	add("no-data", riff([fmt(), junk(100)]));
	add("no-samples", riff([fmt(), chunk("data", Buffer.alloc(0))]));
	add("one-sample", riff([fmt(), chunk("data", Buffer.from([1, 2]))]));
	add("trailing-zeros", Buffer.concat([riff([fmt(), chunk("data", audio())]), Buffer.alloc(5000)]));
	add(
		"unknown-chunk-id",
		riff([chunk("\u0000\u0001\u0002\u0003", Buffer.alloc(3)), fmt(), chunk("data", audio())]),
	);

	for (const [name, format] of Object.entries<Format>({
		"rate-zero": { rate: 0 },
		"rate-one": { rate: 1 },
		"rate-huge": { rate: 0xffffffff, align: 2 },
		"channels-zero": { channels: 0 },
		"channels-65535": { channels: 65_535 },
		"channels-32": { channels: 32 },
		"bits-zero": { bits: 0 },
		"bits-12": { bits: 12, align: 2 },
		"bits-64": { bits: 64 },
		"bits-65535": { bits: 65_535, align: 2 },
		"align-zero": { align: 0 },
		"align-wrong": { align: 3 },
		"tag-unknown": { tag: 0x1234 },
		"tag-mp3": { tag: 0x55 },
	})) {
		add(`format-${name}`, riff([fmt(format), chunk("data", audio())]));
	}
	const plain = audio();
	add(
		"rf64",
		riff([ds64(plain.length), fmt(), chunk("data", plain, 0xffffffff)], 0xffffffff, "RF64"),
	);
	const second = audio();
	add(
		"bw64",
		riff([ds64(second.length), fmt(), chunk("data", second, 0xffffffff)], 0xffffffff, "BW64"),
	);
	const lying = riff(
		[ds64(2 ** 40), fmt(), chunk("data", audio(), 0xffffffff)],
		0xffffffff,
		"RF64",
	);
	add("rf64-lying", lying, 1);
	add("rf64-no-ds64", riff([fmt(), chunk("data", audio(), 0xffffffff)], 0xffffffff, "RF64"), 1);
	add("rifx", riff([fmt(), chunk("data", audio())], undefined, "RIFX"));
	return wavs;
}
