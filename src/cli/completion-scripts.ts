export type Completed = {
	name: string;
	summary: string;
	options: { flag: string; takesValue: boolean; summary: string }[];
	/** What its arguments are. */
	takes: "recordings" | "files" | "nothing";
	commands: Completed[];
};

/** Names of recordings, newest first; what a shell asks while somebody types. */
const listNames =
	'onwax list --limit 200 --json 2>/dev/null | sed -n \'s/.*"name":"\\([^"]*\\)".*/\\1/p\'';

function wordsOf(command: Completed): string[] {
	const flags = [...command.options.map(({ flag }) => flag), "--json", "--help"];
	return [...command.commands.map(({ name }) => name), ...flags];
}

export function bashScript(commands: readonly Completed[]): string {
	const cases = commands.flatMap((command) => [
		caseOf(command.name, command),
		...command.commands.map((sub) => caseOf(`"${command.name} ${sub.name}"`, sub)),
	]);
	return `# onwax: completion for bash
_onwax() {
	local word="\${COMP_WORDS[COMP_CWORD]}" key="\${COMP_WORDS[1]}" words takes
	COMPREPLY=()
	if [ "$COMP_CWORD" -eq 1 ]; then
		COMPREPLY=($(compgen -W "${["help", ...commands.map(({ name }) => name)].join(" ")} --version --help" -- "$word"))
		return
	fi
	case "\${COMP_WORDS[1]}" in
		${withSubcommands(commands).join("|")}) [ "$COMP_CWORD" -gt 2 ] && key="\${COMP_WORDS[1]} \${COMP_WORDS[2]}" ;;
	esac
	case "$key" in
${cases.join("\n")}
	esac
	case "$word" in -*) takes= ;; esac
	if [ "$takes" = files ]; then
		compopt -o filenames
		COMPREPLY=($(compgen -f -- "$word"))
		return
	fi
	[ "$takes" = recordings ] && words="$words last $(${listNames})"
	COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -F _onwax onwax
`;
}

function caseOf(pattern: string, command: Completed): string {
	const takes = command.takes === "nothing" ? "" : command.takes;
	return `\t\t${pattern}) words="${wordsOf(command).join(" ")}" takes=${takes} ;;`;
}

function withSubcommands(commands: readonly Completed[]): string[] {
	return commands.filter((command) => command.commands.length > 0).map(({ name }) => name);
}

export function zshScript(commands: readonly Completed[]): string {
	const described = commands
		.map(({ name, summary }) => zshQuote(`${name}:${summary}`))
		.join("\n\t\t");
	const cases = commands.map((command) => `\t\t${command.name}) ${zshArguments(command)} ;;`);
	return `#compdef onwax
# onwax: completion for zsh
_onwax_recordings() {
	local -a names
	names=(last \${(f)"$(${listNames})"})
	compadd -V recordings -a names
}
_onwax() {
	local -a commands
	commands=(
		'help:Show how a command is used'
		${described}
	)
	if (( CURRENT == 2 )); then
		_describe command commands
		return
	fi
	local command=$words[2]
	shift words
	(( CURRENT-- ))
	case $command in
${cases.join("\n")}
	esac
}
compdef _onwax onwax
`;
}

function zshArguments(command: Completed): string {
	if (command.commands.length > 0) {
		const names = command.commands.map(({ name, summary }) => zshQuote(`${name}:${summary}`));
		return `local -a subs; subs=(${names.join(" ")}); _describe command subs`;
	}
	const options = command.options.map(({ flag, summary, takesValue }) => {
		const about = summary.replace(/[[\]:]/g, " ");
		return zshQuote(`*${flag}[${about}]${takesValue ? ": :_files" : ""}`);
	});
	const rest = {
		recordings: "'*:recording:_onwax_recordings'",
		files: "'*:file:_files'",
		nothing: "",
	};
	const all = [...options, "'--json[one JSON value per line]'", "'--help[show help]'"];
	return `_arguments ${all.join(" ")} ${rest[command.takes]}`;
}

function zshQuote(text: string): string {
	return `'${text.replaceAll("'", "'\\''")}'`;
}

export function fishScript(commands: readonly Completed[]): string {
	const lines = ["# onwax: completion for fish", "complete -c onwax -f"];
	lines.push("complete -c onwax -n __fish_use_subcommand -a help -d 'Show how a command is used'");
	for (const command of commands) {
		const { name } = command;
		lines.push(
			`complete -c onwax -n __fish_use_subcommand -a ${name} -d ${fishQuote(command.summary)}`,
		);
		lines.push(...fishOptions(command, `__fish_seen_subcommand_from ${name}`));
		const subs = command.commands.map((sub) => sub.name).join(" ");
		for (const sub of command.commands) {
			const here = `__fish_seen_subcommand_from ${name}; and not __fish_seen_subcommand_from ${subs}`;
			lines.push(
				`complete -c onwax -n '${here}' -a ${sub.name} -d ${fishQuote(sub.summary)}`,
				...fishOptions(
					sub,
					`__fish_seen_subcommand_from ${name}; and __fish_seen_subcommand_from ${sub.name}`,
				),
			);
		}
	}
	lines.push("complete -c onwax -l json -d 'One JSON value per line'");
	return `${lines.join("\n")}\n`;
}

function fishOptions(command: Completed, condition: string): string[] {
	const lines = command.options.map(
		({ flag, summary, takesValue }) =>
			`complete -c onwax -n '${condition}' -l ${flag.replace(/^--/, "")}${takesValue ? " -r" : ""} -d ${fishQuote(summary)}`,
	);
	if (command.takes === "files") lines.push(`complete -c onwax -n '${condition}' -F`);
	if (command.takes === "recordings") {
		lines.push(`complete -c onwax -n '${condition}' -k -a '(${listNames.replaceAll("'", "\\'")})'`);
	}
	return lines;
}

function fishQuote(text: string): string {
	return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
