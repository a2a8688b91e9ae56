import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import manifest from "./package.json" with { type: "json" };
import { scopeCss } from "./scripts/scope-css.mjs";

// The styles are written for browsers that know light-dark(); older targets would have it rewritten.
const TARGETS = { target: "es2022", cssTarget: ["chrome123", "firefox120", "safari17.5"] };

const EXTERNAL = new Set(Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }));
const packageOf = (id: string) => id.split("/", id.startsWith("@") ? 2 : 1).join("/");

/** `vite build` makes the page the API serves; `vite build --mode lib` the component a host application mounts. */
export default defineConfig(({ mode }) => ({
  plugins: [react(), tailwindcss()],
  css: { postcss: { plugins: [scopeCss()] } },
  server: { proxy: { "/api": process.env.API_URL ?? "http://127.0.0.1:8000" } },
  build:
    mode === "lib"
      ? {
          ...TARGETS,
          outDir: "dist-lib",
          copyPublicDir: false,
          lib: { entry: "src/index.ts", formats: ["es"], fileName: "index", cssFileName: "style" },
          // What is installed with the package, or by the host, is in no file of ours: no one gets it twice, and its
          // CommonJS meets the host's React the way the host's bundler knows.
          rollupOptions: { external: (id) => EXTERNAL.has(packageOf(id)), output: { banner: '"use client";' } },
        }
      : {
          ...TARGETS,
          outDir: "dist",
          manifest: true,
          // A data: font would need a wider content security policy.
          assetsInlineLimit: 0,
        },
  test: { include: ["tests/**/*.test.ts"], environment: "node" },
}));
