// End-to-end tests: the real binary, a real browser, nothing replaced.
//
//   node e2e/run.mjs [name ...]     RAPPORT_BIN   the binary (default: target/release/rapport, then target/debug/rapport)
//                                   CHROME_BIN    Chromium (default /usr/bin/chromium)
//                                   RAPPORT_E2E_URL, _EMAIL, _PASSWORD   a server that runs already
import { readdirSync } from "node:fs";
import { openBrowser } from "./browser.mjs";
import { startServer } from "./server.mjs";

// An assertion says enough; of anything else one wants to know where it was.
const told = (error) => String((error instanceof TypeError || error instanceof ReferenceError ? error.stack : error?.message) ?? error);
const wanted = process.argv.slice(2);
const flows = readdirSync(new URL("./flows/", import.meta.url)).filter((name) => name.endsWith(".mjs")).sort();
const server = await startServer();
if (!server) process.exit(0);
const browser = await openBrowser();
let failed = 0;
let passed = 0;
try {
  for (const file of flows) {
    const name = file.replace(".mjs", "");
    if (wanted.length && !wanted.some((word) => name.includes(word))) continue;
    const { default: tests } = await import(`./flows/${file}`);
    for (const [title, run] of Object.entries(tests)) {
      const started = Date.now();
      const opened = [];
      const open = async (options) => {
        const session = await browser.session(server, options);
        opened.push(session);
        return session;
      };
      try {
        await run({ open, server });
        const complaints = opened.flatMap((session) => session.complaints());
        if (complaints.length) throw new Error(`The page complained: ${complaints.join(" | ")}`);
        passed += 1;
        console.log(`ok    ${name}: ${title} (${Date.now() - started} ms)`);
      } catch (error) {
        failed += 1;
        console.error(`FAIL  ${name}: ${title}\n      ${told(error).split("\n").slice(0, 12).join("\n      ")}`);
        await Promise.all(opened.map((session, i) => session.picture(`${name}-${title.replace(/\W+/g, "-")}-${i}`)));
      } finally {
        await Promise.all(opened.map((session) => session.close()));
      }
    }
  }
} finally {
  await browser.close();
  await server.stop();
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;
