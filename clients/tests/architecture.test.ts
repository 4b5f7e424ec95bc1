// Who may import whom, and what may stand where.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

const FOLDERS = ["shared", "kiosk", "mobile_web"];
const PACKAGES = new Set(["preact", "preact/hooks", "@preact/signals", "@msgpack/msgpack"]);

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return sources(path);
    return /\.tsx?$/.test(entry.name) && !entry.name.endsWith(".d.ts") ? [path] : [];
  });
}

/** The booth's messages, and the candidate's own picture. */
const SOCKETS = new Set(["shared/connection.ts", "shared/self_view.ts"]);

const files = FOLDERS.flatMap(sources).map((path) => ({ path, text: readFileSync(path, "utf8") }));
const importsOf = (text: string) => [...text.matchAll(/from "([^"]+)"|^import "([^"]+)"/gm)].map((found) => found[1] ?? found[2] ?? "");
const isStarred = (text: string) => text.startsWith("// *");
const resolve = (from: string, target: string) => new URL(target, `file:///${from}`).pathname.slice(1);

test("there is something to look at", () => assert.ok(files.length > 40));

test("the pages import shared and never each other", () => {
  for (const { path, text } of files) {
    for (const target of importsOf(text).filter((name) => name.startsWith("."))) {
      const folder = resolve(path, target).split("/")[0];
      assert.ok(folder === "shared" || folder === path.split("/")[0], `${path} imports ${target}`);
    }
  }
});

test("only the chosen packages are used, and views only in .tsx files", () => {
  for (const { path, text } of files) {
    for (const target of importsOf(text).filter((name) => !name.startsWith("."))) {
      assert.ok(PACKAGES.has(target), `${path} imports ${target}`);
      if (target === "preact") assert.match(path, /\.tsx$/);
    }
  }
});

test("starred files import only starred files and the generated types", () => {
  const starred = new Set(files.filter(({ text }) => isStarred(text)).map(({ path }) => path));
  assert.ok(starred.size > 10);
  for (const { path, text } of files.filter((file) => starred.has(file.path))) {
    for (const target of importsOf(text)) {
      const found = target.startsWith(".") ? resolve(path, target) : target;
      assert.ok(starred.has(found) || found === "shared/wire.gen.ts", `${path} imports ${target}`);
    }
  }
});

test("starred files know no page, clock or chance", () => {
  for (const { path, text } of files.filter((file) => isStarred(file.text))) {
    assert.doesNotMatch(text, /\b(document|window|performance|Date|localStorage|setTimeout|requestAnimationFrame)\b[.(]|Math\.random/, path);
  }
});

/** Documents that the candidate hands in. */
const REQUESTS = new Set(["shared/documents.ts"]);
/** Which questions this phone's owner was asked: names, no words. */
const STORES = new Set(["mobile_web/asked.ts"]);

test("sockets, requests and storage have their one place or none", () => {
  for (const { path, text } of files) {
    if (!SOCKETS.has(path)) assert.doesNotMatch(text, /new WebSocket/, path);
    if (!REQUESTS.has(path)) assert.doesNotMatch(text, /\bfetch\(/, path);
    if (!STORES.has(path)) assert.doesNotMatch(text, /localStorage/, path);
    assert.doesNotMatch(text, /XMLHttpRequest|sessionStorage|indexedDB|document\.cookie/, path);
    assert.doesNotMatch(text, /innerHTML|dangerouslySetInnerHTML|\beval\(|new Function/, path);
  }
});
