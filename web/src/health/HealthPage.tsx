export default function HealthPage() {
	return <h1>HealthPage</h1>;
}
