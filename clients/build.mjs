// Builds the pages into the daemon's assets, or (--tests) the tests as .out/tests/all.mjs.
import { createHash } from "node:crypto";
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import * as esbuild from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const outRoot = join(here, "../daemon/greenroom/assets/clients");
const PAGES = [
  { name: "kiosk", source: "kiosk/main.tsx", title: "Greenroom", budget: 80_000 },
  { name: "phone", source: "mobile_web/main.tsx", title: "Greenroom, on your phone", budget: 70_000 },
];
const SHARED_OPTIONS = {
  absWorkingDir: here,
  bundle: true,
  format: "esm",
  jsx: "automatic",
  jsxImportSource: "preact",
  loader: { ".woff2": "file" },
  logLevel: "warning",
  target: ["chrome109", "safari15.4", "firefox115"],
};

function indexHtml(title, script, style, font) {
  return `<!doctype html>
<html lang="en" dir="ltr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<meta name="color-scheme" content="dark light">
<meta name="robots" content="noindex">
<title>${title}</title>
<link rel="icon" href="data:,">
<link rel="preload" href="${font}" as="font" type="font/woff2" crossorigin>
<link rel="stylesheet" href="${style}">
<script type="module" src="${script}"></script>
</head>
<body>
<div id="app"></div>
<noscript>This page needs JavaScript.</noscript>
</body>
</html>
`;
}

async function buildPage({ name, source, title, budget }) {
  const out = join(outRoot, name);
  await rm(out, { recursive: true, force: true });
  await mkdir(out, { recursive: true });
  const result = await esbuild.build({
    ...SHARED_OPTIONS,
    entryPoints: { [name]: source },
    outdir: out,
    entryNames: "[name]-[hash]",
    assetNames: "[name]-[hash]",
    minify: true,
    metafile: true,
  });
  const made = Object.keys(result.metafile.outputs).map((path) => path.slice(path.lastIndexOf("/") + 1));
  const only = (test) => made.find(test) ?? fail(`${name}: a bundle is missing among ${made.join(", ")}`);
  const script = only((file) => file.endsWith(".js"));
  const style = only((file) => file.endsWith(".css"));
  const font = only((file) => /latin-wght-normal.*woff2$/.test(file));
  await writeFile(join(out, "index.html"), indexHtml(title, script, style, font));
  await copyFile(join(here, "node_modules/@fontsource-variable/atkinson-hyperlegible-next/LICENSE"), join(out, "font-licence.txt"));
  await writeManifest(out, name);
  const first = await Promise.all([script, style, font].map((file) => readFile(join(out, file))));
  const bytes = first.reduce((sum, data) => sum + brotliCompressSync(data).length, 0);
  console.log(`${name}: ${(bytes / 1000).toFixed(1)} kB compressed on first load (limit ${budget / 1000})`);
  if (bytes > budget) fail(`${name} outgrew its budget`);
}

async function writeManifest(out, name) {
  const files = {};
  for (const file of (await readdir(out)).sort()) {
    const data = await readFile(join(out, file));
    files[file] = { bytes: data.length, sha256: createHash("sha256").update(data).digest("hex") };
    if (/\.(js|css|html)$/.test(file)) {
      await writeFile(join(out, `${file}.gz`), gzipSync(data, { level: 9 }));
      await writeFile(join(out, `${file}.br`), brotliCompressSync(data));
    }
  }
  await writeFile(join(out, "manifest.json"), `${JSON.stringify({ page: name, entry: "index.html", files }, null, 1)}\n`);
}

async function buildTests() {
  const out = join(here, ".out/tests");
  await rm(out, { recursive: true, force: true });
  const sources = (await readdir(join(here, "tests"))).filter((file) => file.endsWith(".test.ts")).sort();
  // One bundle: what `node --test` makes of a folder differs between versions of Node.
  await esbuild.build({
    ...SHARED_OPTIONS,
    stdin: { contents: sources.map((file) => `import "./tests/${file}";`).join("\n"), resolveDir: here },
    outfile: join(out, "all.mjs"),
    platform: "node",
    target: "node18",
    sourcemap: "inline",
  });
}

function fail(message) {
  console.error(`build: ${message}`);
  process.exit(1);
}

if (process.argv.includes("--tests")) {
  await buildTests();
} else {
  await Promise.all(PAGES.map(buildPage));
}
