import type { Command } from "commander";
import {
	type ListedModel,
	listAllModels,
	presentModel,
	pullWanted,
	removePresent,
	wantedModel,
} from "../../app/models.ts";
import { loadConfig } from "../../config.ts";
import { OnwaxError } from "../../errors.ts";
import { shownAddress } from "../../models/address.ts";
import type { CatalogueModel } from "../../models/catalogue.ts";
import type { Act, Cli, Example } from "../command.ts";
import { confirm } from "../confirm.ts";
import { type ExitStatus, exitStatus } from "../exit-status.ts";
import { licenceOf, modelLines } from "../model-lines.ts";
import { pullProgress } from "../pull-progress.ts";
import { formatSize } from "../size.ts";
import { visible } from "../visible.ts";
import { displayWidth } from "../width.ts";
import { noteSettingsChanged } from "../with-guard.ts";

export const summary = "Get models that turn audio into text on this computer";

export const examples: Example[] = [
	["onwax model list", "which there are, what they are good for, and which are here"],
	["onwax model pull parakeet-tdt-0.6b-v3", "downloads one; goes on where it was cut off"],
	["onwax model pull ./model.tar.bz2", "takes in a file or folder that you bring"],
	["onwax model remove whisper-tiny", "it can be pulled again"],
];

export function define(command: Command, act: Act): void {
	command
		.command("list")
		.description("All known models, and those that are here")
		.action(act(list));
	command
		.command("pull")
		.description("Download a model, or take one in that you bring")
		.argument("<model>", "a name from the list; or the path of an archive, a file or a folder")
		.option("--name <name>", "what to call one that you bring")
		.action(act(pull));
	command
		.command("remove")
		.description("Remove a model from this computer")
		.argument("<name>", "as the list has it")
		.option("-y, --yes", "do not ask, also where it cannot be pulled again")
		.action(act(remove));
}

export async function list(cli: Cli): Promise<ExitStatus> {
	const { output, environment } = cli;
	const { config } = await loadConfig({ env: environment });
	const models = await listAllModels(config, environment);
	const longest = Math.max(...models.map(({ name }) => displayWidth(visible(name))));
	for (const model of models) {
		output.value(jsonOf(model));
		for (const line of modelLines(model, longest, output.out)) output.line(line);
	}
	const broken = models.filter(({ isUsable }) => isUsable === false);
	for (const { name } of broken) {
		output.note("");
		output.note(
			`${visible(name)} cannot be used: files are missing or damaged. \`onwax model remove ${visible(name)}\`, then pull it again.`,
		);
	}
	if (models.every(({ installed }) => installed === null)) {
		output.note("");
		output.note("None is here yet. `onwax model pull NAME` gets one; then no service is needed.");
	}
	return exitStatus.done;
}

function jsonOf({ name, known, installed, isUsable, begunBytes, isDefault }: ListedModel) {
	const card = installed?.card ?? null;
	return {
		name,
		family: known?.family ?? card?.family ?? null,
		languages: known?.languages ?? null,
		goodFor: known?.goodFor ?? null,
		licence: known?.licence ?? card?.licence ?? null,
		address: known?.address ?? null,
		sizeBytes: known?.sizeBytes ?? null,
		sha256: known?.sha256 ?? null,
		source: known?.source ?? null,
		installed: installed !== null,
		isUsable,
		isDefault,
		installedBytes: installed?.sizeBytes ?? null,
		verified: card?.verified ?? null,
		pulledAt: card?.pulledAt ?? null,
		begunBytes,
	};
}

export async function pull(
	cli: Cli,
	reference: string,
	{ name }: { name?: string },
): Promise<ExitStatus> {
	const { output } = cli;
	const wanted = wantedModel(reference);
	if (wanted.known && name !== undefined) {
		throw new OnwaxError("ERR_USAGE", "--name is for a model that you bring.");
	}
	const { config } = await loadConfig({ env: cli.environment });
	if (wanted.known) announce(cli, wanted.known, config.model.mirror);
	const progress = pullProgress(output);
	try {
		const pulled = await pullWanted(config, wanted, name ?? null, {
			signal: cli.signal,
			onProgress: progress.onProgress,
			onRetry(error, waitSeconds) {
				const seconds = Math.max(1, Math.round(waitSeconds));
				output.note(`${visible(error.message)} Trying again in ${seconds} s.`);
			},
		});
		progress.stop();
		output.value({ name: pulled.name, alreadyThere: pulled.card === null, ...pulled.card });
		if (pulled.card === null) {
			output.line(`${visible(pulled.name)} is here already.`);
			return exitStatus.done;
		}
		await noteSettingsChanged(cli, { pulled: pulled.name });
		const { family, sha256, verified } = pulled.card;
		output.line(`${output.out.paint("green", "pulled")}  ${visible(pulled.name)}`);
		if (verified === "known") output.note(`Verified: SHA-256 ${sha256}.`);
		if (pulled.pinned) {
			output.note("Nobody publishes a hash of it: from now on it has to stay what it is today.");
		}
		output.note(
			family.startsWith("speaker-")
				? "Speakers are told apart once a segmentation and an embedding model are here."
				: "Recordings that wait can be transcribed now: `onwax retry --all`.",
		);
		return exitStatus.done;
	} finally {
		progress.stop();
	}
}

function announce({ output }: Cli, known: CatalogueModel, mirror: string | null): void {
	const size = known.sizeBytes === null ? "size unknown" : `about ${formatSize(known.sizeBytes)}`;
	const from = mirror ?? shownAddress(known.address);
	output.note(`${known.name}: ${size}, ${licenceOf(known.licence)}, from ${visible(from)}`);
}

export async function remove(
	cli: Cli,
	name: string,
	{ yes = false }: { yes?: boolean },
): Promise<ExitStatus> {
	const { output } = cli;
	const { config } = await loadConfig({ env: cli.environment });
	const model = await presentModel(config, name);
	const cannotComeBack = model.installed !== null && model.known === null;
	if (cannotComeBack && !yes) {
		const question = `${visible(name)} is one that you brought. Remove it for good?`;
		if (!(await confirm(cli, question))) {
			output.note("Nothing was removed.");
			return exitStatus.failed;
		}
	}
	await removePresent(config, model);
	await noteSettingsChanged(cli, { removed: name });
	output.value({ name, removed: true });
	output.line(`${output.out.paint("yellow", "removed")}  ${visible(name)}`);
	return exitStatus.done;
}
