import { resolve } from "node:path";
import { defineConfig } from "vite";

/** The explorer's own fonts are left out: the system's serve offline, and CJK text needs them anyway. */
const withoutFonts = {
  name: "without-fonts",
  enforce: "pre" as const,
  transform(code: string, id: string) {
    return id.endsWith(".css") ? code.replace(/@font-face\s*\{[^}]*\}/g, "") : null;
  },
};

const page = (name: string) => resolve(import.meta.dirname, name);

export default defineConfig({
  base: "/",
  plugins: [withoutFonts],
  logLevel: "error",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1200,
    rollupOptions: {
      input: {
        board: page("index.html"),
        recall: page("recall.html"),
        graphiql: page("graphiql.html"),
      },
    },
  },
});
