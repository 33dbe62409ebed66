// Builds everything that the browser loads, from npm packages and our own sources, into ../static (ignored by git):
// hashed style sheets, script, fonts and mark; manifest.json (name -> hashed name) and icons.json (name -> SVG).
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { buildSync, transformSync } from "esbuild";
import { compile } from "sass";
import subsetFont from "subset-font";
import { ICONS } from "./icons.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const packages = join(here, "../../../node_modules");
const output = join(here, "../static");
const browsers = ["chrome80", "firefox78", "safari13"];
const manifest = {};

function publish(name, content, compressible = true) {
  const bytes = Buffer.from(content);
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 10);
  const hashed = name.replace(/(\.\w+)$/, `.${hash}$1`);
  writeFileSync(join(output, hashed), bytes);
  const zipped = gzipSync(bytes, { level: 9 });
  if (compressible) writeFileSync(join(output, `${hashed}.gz`), zipped);
  manifest[name] = hashed;
  console.log(`${hashed}  ${bytes.length} bytes, ${zipped.length} gzip`);
}

// French and English, typographic punctuation, no more: a visitor on a slow line loads both weights at once.
function lettersOfTheFont() {
  const range = (first, last) => Array.from({ length: last - first + 1 }, (_, i) => String.fromCodePoint(first + i));
  return [...range(0x20, 0x7e), ..."\u00a0\u202f\u2009\u2011«»·°ºª©®²³½€×ÀÂÄÆÇÈÉÊËÎÏÑÔÖÙÛÜŒŸàâäæçèéêëîïñôöùûüÿœßáíóúãõ‘’“”–—…•›‹→←−"].join("");
}

async function publishFont(weight) {
  const source = join(packages, `@fontsource/source-sans-3/files/source-sans-3-latin-${weight}-normal.woff2`);
  const subset = await subsetFont(readFileSync(source), lettersOfTheFont(), { targetFormat: "woff2" });
  publish(`source-sans-3-${weight}.woff2`, subset, false);
}

function publishStyles(name) {
  const { css } = compile(join(here, `styles/${name}.scss`), { loadPaths: [packages], quietDeps: true, style: "compressed" });
  const minified = transformSync(css, { loader: "css", minify: true, target: browsers }).code;
  const linked = minified.replace(/url\("?([\w.-]+)"?\)/g, (_, file) => {
    if (!manifest[file]) throw new Error(`${name}.scss names ${file}, which is not built`);
    return `url(${manifest[file]})`;
  });
  publish(`${name}.css`, linked);
}

function publishScript(name) {
  const options = { bundle: true, minify: true, write: false, format: "iife", target: browsers };
  const { outputFiles } = buildSync({ entryPoints: [join(here, `scripts/${name}.js`)], ...options });
  publish(`${name}.js`, outputFiles[0].text);
}

function drawing(name) {
  const svg = readFileSync(join(packages, `lucide-static/icons/${name}.svg`), "utf8");
  const shapes = svg.replace(/<!--.*?-->/gs, "").match(/<svg[^>]*>(.*)<\/svg>/s)[1];
  return shapes.replace(/\s*\n\s*/g, "").replace(/ \/>/g, "/>");
}

rmSync(output, { recursive: true, force: true });
mkdirSync(output, { recursive: true });
for (const weight of [400, 700]) await publishFont(weight);
for (const drawn of ["mark.svg", "dune.svg"]) publish(drawn, readFileSync(join(here, drawn)));
for (const sheet of ["site", "staff"]) publishStyles(sheet);
for (const script of ["site", "staff"]) publishScript(script);
writeFileSync(join(output, "manifest.json"), JSON.stringify(manifest, null, 1));
writeFileSync(join(output, "icons.json"), JSON.stringify(Object.fromEntries(ICONS.map((name) => [name, drawing(name)])), null, 1));
