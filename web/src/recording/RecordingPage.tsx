export default function RecordingPage({ name }: { name: string }) {
	return <h1>{name}</h1>;
}
