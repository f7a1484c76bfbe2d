export default function RecorderPage() {
	return <h1>RecorderPage</h1>;
}
