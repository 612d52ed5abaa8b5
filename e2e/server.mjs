import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fillWorld } from "./world.mjs";

const ROOT = new URL("..", import.meta.url).pathname;
const READY_MS = 60_000;

function binary() {
  const target = process.env.CARGO_TARGET_DIR ?? join(ROOT, "target");
  return [process.env.RAPPORT_BIN, join(target, "release/rapport"), join(target, "debug/rapport")].find((path) => path && existsSync(path));
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/** Starts the server on a fresh folder and reads from its output how to sign in. Null when there is no binary. */
export async function startServer() {
  if (process.env.RAPPORT_E2E_URL) {
    const person = { email: process.env.RAPPORT_E2E_EMAIL ?? "", password: process.env.RAPPORT_E2E_PASSWORD ?? "" };
    return { url: process.env.RAPPORT_E2E_URL.replace(/\/$/, ""), people: [person], stop: async () => undefined };
  }
  const path = binary();
  if (!path) {
    console.log("SKIPPED: no rapport binary; build it first (cargo build -p server) or set RAPPORT_BIN");
    return null;
  }
  // The invented company when the binary can make one; else an empty workspace that is filled through the API.
  // An unoptimised binary takes a minute for it, so it gets the small world.
  if (path.includes("release")) {
    const demo = await launch(path, ["--demo"]);
    if (demo.people) return demo;
  }
  const empty = await launch(path, []);
  if (!empty.people) throw new Error(`The server did not get ready. It said:\n${empty.output}`);
  await fillWorld(empty.url, empty.people[0]);
  return empty;
}

async function launch(path, more) {
  const data = mkdtempSync(join(tmpdir(), "rapport-e2e-"));
  const url = `http://127.0.0.1:${await freePort()}`;
  const child = spawn(path, ["serve", "--data", data, "--listen", url.replace("http://", ""), ...more], { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  child.stdout.on("data", (part) => (output += part));
  child.stderr.on("data", (part) => (output += part));
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const stop = async () => {
    child.kill("SIGTERM");
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 10_000))]);
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
    rmSync(data, { recursive: true, force: true });
  };
  for (let waited = 0; waited < READY_MS; waited += 200) {
    const people = [...output.matchAll(/(\S+@\S+?),? password (\S+)/g)].map(([, email, password]) => ({ email, password }));
    const up = people.length > 0 && (await fetch(`${url}/readyz`).then((r) => r.ok, () => false));
    if (up) return { url, people, stop };
    if (child.exitCode !== null) break;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  await stop();
  return { people: null, output: output.slice(-3000) };
}
