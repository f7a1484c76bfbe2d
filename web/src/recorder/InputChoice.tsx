import { useEffect, useState } from "react";
import { Checkbox } from "../design/Checkbox.tsx";
import { Select } from "../design/Select.tsx";
import { loadPreferences, savePreferences } from "./preferences.ts";

/** Which microphone, and whether the browser may change its sound. */
export function InputChoice({ isDisabled }: { isDisabled: boolean }) {
	const [preferences, setPreferences] = useState(loadPreferences);
	const [inputs, setInputs] = useState<MediaDeviceInfo[]>([]);
	// Their names are told only once the microphone was allowed: so it is looked again when that changes.
	useEffect(() => {
		const { mediaDevices } = navigator;
		if (mediaDevices === undefined) return;
		const look = async () => {
			const devices = await mediaDevices.enumerateDevices().catch(() => []);
			setInputs(devices.filter(({ kind, deviceId }) => kind === "audioinput" && deviceId !== ""));
		};
		if (isDisabled) return;
		void look();
		mediaDevices.addEventListener("devicechange", look);
		return () => mediaDevices.removeEventListener("devicechange", look);
	}, [isDisabled]);
	if (isDisabled) return null;
	return (
		<>
			{inputs.length > 1 && (
				<Select
					label="Microphone"
					value={preferences.deviceId ?? "default"}
					onChange={(id) =>
						setPreferences(savePreferences({ deviceId: id === "default" ? null : id }))
					}
					options={[
						{ id: "default", label: "The system's choice" },
						...inputs
							.filter(({ deviceId }) => deviceId !== "default")
							.map(({ deviceId, label }) => ({ id: deviceId, label: label || "Microphone" })),
					]}
				/>
			)}
			<Checkbox
				isSelected={preferences.processing}
				onChange={(processing) => setPreferences(savePreferences({ processing }))}
				description="For a loud room. It takes away echo and noise, and now and then a word."
			>
				Let the browser clean the sound
			</Checkbox>
		</>
	);
}
