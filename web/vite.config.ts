import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { defineConfig } from "vite";

/** The explorer's own fonts are left out: the system's serve offline, and CJK text needs them anyway. */
const withoutFonts = {
  name: "without-fonts",
  enforce: "pre" as const,
  transform(code: string, id: string) {
    return id.endsWith(".css") ? code.replace(/@font-face\s*\{[^}]*\}/g, "") : null;
  },
};

/** Ships the licence of every package that ended up in a bundle. */
const licences = {
  name: "licences",
  generateBundle(this: { emitFile(file: object): void; getModuleIds(): Iterable<string> }) {
    const roots = new Set<string>();
    for (const id of this.getModuleIds()) {
      const found = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(id.replace(/^\0/, ""));
      if (found?.[1] && existsSync(join(found[1], "package.json"))) roots.add(found[1]);
    }
    const texts = [...roots].sort().map((root) => {
      const about = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Record<string, string>;
      const file = readdirSync(root).find((name) => /^licen[cs]e/i.test(name));
      const text = file ? readFileSync(join(root, file), "utf8").trim() : "";
      return `${about["name"]} ${about["version"]} (${about["license"]})\n\n${text}\n`;
    });
    this.emitFile({ type: "asset", fileName: "third-party-licences.txt", source: texts.join(`\n${"-".repeat(72)}\n\n`) });
  },
};

const page = (name: string) => resolve(import.meta.dirname, name);

export default defineConfig({
  base: "/",
  plugins: [withoutFonts, licences],
  logLevel: "error",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1200,
    rollupOptions: {
      input: {
        board: page("index.html"),
        lot: page("lot.html"),
        recall: page("recall.html"),
        cases: page("cases.html"),
        graphiql: page("graphiql.html"),
      },
    },
  },
});
