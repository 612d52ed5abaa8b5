// Writes what the program is made of as CycloneDX 1.6 (ECMA-424): every crate that the binary links and every npm package
// that the screens are built with, with version, licence and checksum, from the lock files.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

const [, , out] = process.argv;
const root = new URL("../", import.meta.url);
const read = (path) => readFileSync(new URL(path, root), "utf8");

const metadata = JSON.parse(execFileSync("cargo", ["metadata", "--format-version", "1", "--locked"], { cwd: root, maxBuffer: 1 << 28 }));
const checksums = new Map([...read("Cargo.lock").matchAll(/name = "(.+?)"\nversion = "(.+?)"\n(?:source = .+\n)?(?:checksum = "(.+?)")?/g)].map(([, name, version, sum]) => [`${name} ${version}`, sum]));
const packages = new Map(metadata.packages.map((one) => [one.id, one]));
const nodes = new Map(metadata.resolve.nodes.map((node) => [node.id, node]));
const server = metadata.packages.find((one) => one.name === "server" && one.source === null);
// what is only needed to test is not part of the program
const linked = new Set();
const walk = (id) => {
  if (linked.has(id)) return;
  linked.add(id);
  for (const dep of nodes.get(id).deps) if (dep.dep_kinds.some((kind) => kind.kind !== "dev")) walk(dep.pkg);
};
walk(server.id);
const licence = (expression) => (expression ? [{ expression: expression.replaceAll("/", " OR ") }] : []);
const crates = [...linked]
  .map((id) => packages.get(id))
  .filter((one) => one.source !== null)
  .map((one) => {
    const sum = checksums.get(`${one.name} ${one.version}`);
    return { type: "library", "bom-ref": `pkg:cargo/${one.name}@${one.version}`, name: one.name, version: one.version, licenses: licence(one.license), purl: `pkg:cargo/${one.name}@${one.version}`, hashes: sum ? [{ alg: "SHA-256", content: sum }] : [] };
  });

const lock = JSON.parse(read("web/package-lock.json"));
const npm = Object.entries(lock.packages)
  .filter(([path, one]) => path !== "" && !one.dev && !one.link && !one.optional)
  .map(([path, one]) => {
    const name = path.split("node_modules/").at(-1);
    const [kind, sum] = (one.integrity ?? "").split("-");
    const purl = `pkg:npm/${name.replace("@", "%40")}@${one.version}`;
    return { type: "library", "bom-ref": `${purl}#${path}`, name, version: one.version, licenses: licence(one.license), purl, hashes: kind === "sha512" ? [{ alg: "SHA-512", content: Buffer.from(sum, "base64").toString("hex") }] : [] };
  });

const bom = {
  bomFormat: "CycloneDX",
  specVersion: "1.6",
  version: 1,
  metadata: { component: { type: "application", "bom-ref": "rapport", name: "rapport", version: server.version, licenses: [{ expression: "Apache-2.0" }] } },
  components: [...crates, ...npm].sort((a, b) => a["bom-ref"].localeCompare(b["bom-ref"])),
};
const nameless = bom.components.filter((one) => one.licenses.length === 0).map((one) => one["bom-ref"]);
if (crates.length < 100 || npm.length < 10) throw new Error(`Only ${crates.length} crates and ${npm.length} packages were found: the lock files were not understood.`);
mkdirSync(dirname(out), { recursive: true });
writeFileSync(out, `${JSON.stringify(bom, null, 1)}\n`);
console.log(`${out}: ${crates.length} crates, ${npm.length} npm packages${nameless.length ? `; without a licence of their own: ${nameless.join(", ")}` : ""}`);
