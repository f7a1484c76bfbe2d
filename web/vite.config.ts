import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { VitePWA } from "vite-plugin-pwa";
import { precompress } from "./precompress.ts";

/** Fonts of other scripts are kept once they were needed. */
const kept = ["index.html", "**/*.{js,css,svg,png,webmanifest}", "assets/*-latin-wght-*.woff2"];

export default defineConfig({
	plugins: [
		react(),
		VitePWA({
			strategies: "injectManifest",
			srcDir: "src/offline",
			filename: "service-worker.ts",
			injectManifest: { globPatterns: kept },
			// Both are ours: public/manifest.webmanifest, src/offline/register.ts.
			manifest: false,
			injectRegister: false,
		}),
		precompress(),
	],
	build: {
		target: "es2022",
		// The content security policy allows no inline script and no data: script.
		assetsInlineLimit: 0,
		modulePreload: { polyfill: false },
		// What counts is what is sent: `precompress` says it.
		chunkSizeWarningLimit: 600,
		rolldownOptions: {
			// With all that it imports in one file: thirty small ones are fetched for longer than they are read.
			output: { codeSplitting: { groups: [{ name: "library", test: /web\/src\/main\.tsx$/ }] } },
		},
	},
	server: { proxy: { "/api": "http://127.0.0.1:1877" } },
});
