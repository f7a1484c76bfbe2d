/**
 * A program of the desktop's, and how a text reaches it. Texts are arguments, standard input or
 * environment variables of their own: never a part of a command line that a shell reads.
 */
export type DesktopProgram = {
	program: string;
	/** Whether this desktop could have it; asked before it is tried. */
	where(env: NodeJS.ProcessEnv): boolean;
};

/** The sessions that a Unix desktop can be: a program for the wrong one would wait or fail. */
export const onWayland = (env: NodeJS.ProcessEnv): boolean => Boolean(env.WAYLAND_DISPLAY);
export const onX11 = (env: NodeJS.ProcessEnv): boolean => Boolean(env.DISPLAY);
/** Linux inside Windows, which can call the programs of Windows. */
export const inWsl = (env: NodeJS.ProcessEnv): boolean => Boolean(env.WSL_DISTRO_NAME);
export const always = (): boolean => true;
