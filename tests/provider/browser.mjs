// Drives a real browser for the tests: each line of standard input is an order as JSON, answered by a line that says where
// the browser is and what it shows. Nothing but this machine is reached.
import { createInterface } from "node:readline";
import { createRequire } from "node:module";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const require = createRequire(path.join(process.env.SUS_PROVIDER, "package.json"));
const { chromium } = require("playwright-core");
const profile = mkdtempSync(path.join(tmpdir(), "sus-browser-"));
const context = await chromium.launchPersistentContext(profile, {
  executablePath: process.env.PATH.split(path.delimiter).map((folder) => path.join(folder, "chromium")).find(existsSync),
  headless: true,
  locale: "sv-SE",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"],
});
context.setDefaultTimeout(30_000);
let page = context.pages()[0] ?? (await context.newPage());
const complaints = [];
page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
// Every address of the page itself, so that what stands in a redirect can be used again.
const visited = [];
page.on("request", (request) => request.isNavigationRequest() && visited.push(request.url()));

/** Where the browser is, and what it shows. */
async function seen(status) {
  const cookies = (await context.cookies()).map(({ name, httpOnly, secure, sameSite, value }) => ({ name, httpOnly, secure, sameSite, value }));
  return { url: page.url(), title: await page.title(), text: await page.locator("body").innerText(), html: await page.content(), status, cookies, visited, complaints };
}

const orders = {
  async go({ to }) {
    const response = await page.goto(to);
    return seen(response?.status());
  },
  async fill({ what, with: value }) {
    await page.fill(what, value);
    return {};
  },
  async click({ what }) {
    await Promise.all([page.waitForNavigation(), page.click(what)]);
    return seen();
  },
  // A form that another site could make: the browser brings its cookies as it would there, the fields are given here.
  async post({ to, fields }) {
    const response = await context.request.post(to, { form: fields, maxRedirects: 0 });
    return { status: response.status(), text: await response.text(), headers: response.headers() };
  },
  async cookie({ name, value, url }) {
    await context.addCookies([{ name, value, url, httpOnly: true, sameSite: "Lax" }]);
    return {};
  },
  async forget() {
    await context.clearCookies();
    return {};
  },
};

const say = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);
for await (const line of createInterface({ input: process.stdin })) {
  const order = JSON.parse(line);
  try {
    say(await orders[order.do](order));
  } catch (error) {
    say({ error: `${error} at ${page.url()}: ${(await page.content().catch(() => "")).slice(0, 2000)}` });
  }
}
await context.close();
rmSync(profile, { recursive: true, force: true });
