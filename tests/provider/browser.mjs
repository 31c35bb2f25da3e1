// Drives a real browser for the tests: each line of standard input is an order as JSON, answered by a line that says where
// the browser is and what it shows. Nothing but this machine is reached.
import { createInterface } from "node:readline";
import { createRequire } from "node:module";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const require = createRequire(path.join(process.env.SUS_PROVIDER, "package.json"));
const { chromium } = require("playwright-core");
// The judge is given to the browser by its driver: the pages' own policy lets no script in.
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const profile = mkdtempSync(path.join(tmpdir(), "sus-browser-"));
const context = await chromium.launchPersistentContext(profile, {
  executablePath: process.env.PATH.split(path.delimiter).map((folder) => path.join(folder, "chromium")).find(existsSync),
  headless: true,
  locale: "sv-SE",
  args: ["--no-sandbox", "--lang=sv-SE", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
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

/** What axe-core finds wrong, as lines. */
async function judged(how) {
  if (!(await page.evaluate("typeof axe !== 'undefined'"))) await page.evaluate(axe);
  const { violations } = await page.evaluate("axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })");
  return violations.flatMap(({ id, help, nodes }) => nodes.map((node) => `${how}: ${id} (${help}): ${node.html.slice(0, 200)}`));
}

/** What sticks out of the page to the side. */
async function sideways(how) {
  const found = await page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    const inScroll = (element) => element.closest(".scroll") !== null;
    const out = [...document.querySelectorAll("body *")].filter((element) => element.getBoundingClientRect().right > width + 1);
    // What is hidden in something that scrolls can make the page itself scroll.
    const own = out.filter((element) => !inScroll(element));
    return (own.length > 0 ? own : out).map((element) => element.outerHTML.slice(0, 160)).slice(-3);
  });
  return found.map((html) => `${how}: sticks out: ${html}`);
}

/** What doesn't fit on a sheet of A4 with ordinary margins: upright, or lying down where the page asks for that. */
async function offPaper() {
  const found = [];
  for (const [width, lying] of [[718, false], [1047, true]]) {
    await page.setViewportSize({ width, height: 1000 });
    found.push(...(await page.evaluate(([width, lying]) =>
      [...document.querySelectorAll("body *")]
        .filter((element) => (element.closest(".broad") !== null) === lying && element.checkVisibility())
        .filter((element) => element.getBoundingClientRect().right > width + 1)
        .map((element) => element.outerHTML.slice(0, 160))
        .slice(0, 3), [width, lying])));
  }
  await page.setViewportSize({ width: 1280, height: 800 });
  return found.map((html) => `print: sticks out: ${html}`);
}

/** Goes through the page by the keyboard: every stop must show that it is one. */
async function byKeyboard() {
  await page.evaluate(() => { document.activeElement?.blur(); window.scrollTo(0, 0); });
  const complaints = [];
  const seen = new Set();
  let last = null;
  for (let stop = 0; stop < 400; stop += 1) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate(() => {
      const element = document.activeElement;
      if (!element || element === document.body) return null;
      element.dataset.stop ??= String(document.querySelectorAll("[data-stop]").length);
      const style = getComputedStyle(element);
      const box = element.getBoundingClientRect();
      const shown = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
      return { stop: element.dataset.stop, shown, small: box.width < 1 || box.height < 1, html: element.outerHTML.slice(0, 160) };
    });
    // A date is several stops in one; its picker's button is the browser's own.
    if (at?.stop === last && last !== null) continue;
    if (!at || seen.has(at.stop)) break;
    seen.add(at.stop);
    last = at.stop;
    if (!at.shown || at.small) complaints.push(`keyboard: focus isn't seen: ${at.html}`);
  }
  const missed = await page.evaluate(() =>
    [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")]
      .filter((element) => !("stop" in element.dataset) && element.checkVisibility() && element.type !== "radio")
      .map((element) => element.outerHTML.slice(0, 160)),
  );
  return [...complaints, ...missed.map((html) => `keyboard: never reached: ${html}`)];
}

const orders = {
  // Everything that a page is held against, at the width of a desk and of a telephone, with large text, in forced colours.
  async judge() {
    const found = [...(await judged("wide")), ...(await byKeyboard())];
    await page.setViewportSize({ width: 320, height: 640 });
    found.push(...(await sideways("320 px")), ...(await judged("320 px")));
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.evaluate(() => { document.documentElement.style.fontSize = "200%"; });
    found.push(...(await sideways("200 %")));
    await page.evaluate(() => { document.documentElement.style.fontSize = ""; });
    await page.emulateMedia({ forcedColors: "active" });
    found.push(...(await judged("forced colours")));
    await page.emulateMedia({ forcedColors: "none", media: "print" });
    found.push(...(await offPaper()));
    await page.emulateMedia({ media: null });
    return { found, complaints };
  },
  async picture({ to, width, media }) {
    await page.setViewportSize({ width: width ?? 1280, height: 800 });
    await page.emulateMedia({ media: media ?? null });
    await page.screenshot({ path: to, fullPage: true });
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.emulateMedia({ media: null });
    return {};
  },
  // A field by its name, whatever it is: a line, a list, one of several.
  async set({ name, value }) {
    const own = `main form[method=post] [name="${name}"]:not([type=hidden])`;
    const what = (await page.locator(own).count()) > 0 ? own : `main [name="${name}"]`;
    const first = page.locator(what).first();
    const [tag, type] = await first.evaluate((element) => [element.tagName, element.type]);
    if (tag === "SELECT") await first.selectOption(value);
    else if (type === "radio" || type === "checkbox") await page.locator(`${what}[value="${value}"]`).first().check();
    else await first.fill(value);
    return {};
  },
  async look() {
    return seen();
  },
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
