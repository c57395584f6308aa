// The pages of the site in Chromium.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { after, before, describe, test } from "node:test";
import type { AxeResults } from "axe-core";
import { findDifferences } from "../../scripts/expected-output.ts";
import { examples } from "../../scripts/examples.ts";
import { path } from "../lessons/path.ts";
import { pitfalls } from "../lessons/pitfalls.ts";
import { reasonToSkip } from "../parity/drivers.ts";
import { type OpenPage, screens, SiteBrowser } from "./support/site-browser.ts";

const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

/**
 * The sizes in bytes after compression: of a visit, of what the first run loads besides (worker, library, view), and of a visit with an edited
 * run, without the editor. The goals are 20,000, 60,000 and 150,000; the limits are what the largest lesson loads and 2 %.
 */
const budgets = { visit: 16_800, run: 57_800, editedRun: 135_500 } as const;

let site: SiteBrowser;

/** Opens a page, calls `use` with it, and checks that the page has reported no error. */
async function visit(
  name: string,
  use: (open: OpenPage) => Promise<void>,
  options?: Parameters<SiteBrowser["open"]>[1],
): Promise<void> {
  const open = await site.open(name, options);
  try {
    await use(open);
    assert.deepEqual(open.errors, []);
  } finally {
    await open[Symbol.asyncDispose]();
  }
}

/** Replaces the text of the editor, and runs it with the keyboard. */
async function runText({ page }: OpenPage, text: string): Promise<void> {
  await page.click("#edit");
  await page.waitForSelector(".cm-content:focus");
  await page.keyboard.press("Control+a");
  await page.keyboard.insertText(text);
  await page.keyboard.press("Control+Enter");
}

const program = (body: string): string => `import { main, time } from "goro";\n\nmain(async () => {\n${body}\n});\n`;

const reason = reasonToSkip("chromium");
if (reason !== undefined) console.log(`Skipped: the tests of site/test/page.test.ts, because ${reason}`);

describe("the site", { skip: reason !== undefined }, () => {
  before(async () => {
    site = await SiteBrowser.open();
  });
  after(() => site[Symbol.asyncDispose]());

  for (const { slug, example } of path) {
    test(`${slug}: the program prints what Go printed, and each mistake ends as declared`, async () => {
      const lesson = site.lessons.find((built) => built.slug === slug);
      const order = (await examples()).find(({ name }) => name === example)?.order;
      assert.ok(lesson !== undefined && order !== undefined);
      await visit(slug, async (open) => {
        const { page } = open;
        await open.run();
        assert.match(await open.text("#verdict"), /^Prints what Go printed/);
        await page.click("#last");
        const lines = await page
          .locator("#output .output-line:not(.output-stderr)")
          .evaluateAll((items) =>
            items.map((item) =>
              Array.from(item.querySelectorAll(".output-piece"), (piece) => piece.textContent).join(""),
            ),
          );
        const printed = lines.map((line) => `${line}\n`).join("");
        assert.deepEqual(findDifferences(order, lesson.recording.output, printed), []);

        for (const [index, { mistake }] of lesson.mistakes.entries()) {
          await page.click(`[data-mistake="${index + 1}"]`);
          const question = mistake.question.replaceAll("`", "");
          await page.locator(".question").filter({ hasText: question }).waitFor();
          assert.ok((await page.locator(".added, .gone").count()) > 0, mistake.title);
          assert.equal(await page.locator(".explanation").count(), 0, mistake.title);
          await open.run();
          assert.match(await open.text("#verdict"), /^Prints what Go printed/, mistake.title);
          await page.click("#last");
          assert.equal(await open.text(".explanation"), mistake.explanation.replaceAll("`", ""));
        }
      });
    });
  }

  test("each pitfall ends as in Go, broken and fixed", async () => {
    for (const { slug } of pitfalls) {
      const lesson = site.lessons.find((built) => built.slug === `pitfall-${slug}`) ?? assert.fail();
      await visit(lesson.slug, async (open) => {
        for (const program of ["Broken", "Fixed"]) {
          if (program === "Fixed") {
            await open.page.click('[data-mistake="1"]');
            await open.page.waitForSelector("#pane-ts :is(.added, .gone)");
          }
          const text = program === "Broken" ? lesson.text : lesson.fixed?.text;
          assert.equal(await open.text("#text"), text?.replaceAll("`", ""), slug);
          const lit = open.page.locator("#pane-ts .line[data-pair]").last();
          await lit.hover();
          const pair = await lit.getAttribute("data-pair");
          assert.ok((await open.page.locator(`#pane-go .lit[data-pair="${pair}"]`).count()) > 0, `${slug}, ${program}`);
          await open.run();
          assert.match(await open.text("#verdict"), /^Prints what Go printed/, `${slug}, ${program}`);
        }
      });
    }
  });

  test("the first page links to all lessons, and marks those that were run", async () => {
    await visit("index", async ({ page }) => {
      assert.equal(await page.locator(".lessons li").count(), path.length + pitfalls.length);
      await page.click(".start");
      await page.waitForSelector("body.lesson");
      await page.click("#run");
      await page.waitForSelector("#scrub:enabled");
      await page.click(".brand");
      await page.waitForSelector(".lessons .done");
      assert.equal(await page.locator(".done").count(), 1);
    });
  });

  test("each page can be read without JavaScript: programs, explanations, output, picture and steps", async () => {
    const context = { javaScriptEnabled: false } as const;
    const plain = (text: string): string => text.replaceAll("`", "");
    for (const { slug, text, programs, recording, mistakes, fixed } of site.lessons) {
      await visit(
        slug,
        async ({ page }) => {
          const content = (await page.textContent("main")) ?? "";
          const others = fixed === undefined ? [] : [plain(fixed.text), fixed.recording.output];
          for (const part of [
            plain(text),
            programs.go,
            programs.ts,
            recording.output,
            ...mistakes.flatMap(({ mistake }) => [plain(mistake.question), plain(mistake.explanation)]),
            ...others,
          ]) {
            assert.ok(content.includes(part), `${slug}: ${part}`);
          }
          assert.ok(((await page.locator("#timeline object").boundingBox())?.height ?? 0) > 100, slug);
          assert.ok((await page.locator(".list li").count()) > 0, slug);
          for (const control of ["#run", "#list", "button"]) assert.equal(await page.isVisible(control), false);
        },
        context,
      );
    }
  });

  test("the picture without JavaScript has the colors of the reader's scheme", async () => {
    for (const [colorScheme, color] of [
      ["light", "rgb(255, 255, 255)"],
      ["dark", "rgb(13, 17, 23)"],
    ] as const) {
      await visit(
        "rendezvous",
        async ({ page }) => {
          const [, picture] = page.frames();
          const background = picture?.locator("rect.background").first();
          assert.equal(await background?.evaluate((element) => getComputedStyle(element).fill), color);
        },
        { javaScriptEnabled: false, colorScheme },
      );
    }
  });

  test("nothing is sent: a visit and a run load files of the site only", async () => {
    await visit("rendezvous", async (open) => {
      const { page } = open;
      const requests: string[] = [];
      page.on("request", (request) => requests.push(`${request.method()} ${request.url()}`));
      await page.reload({ waitUntil: "networkidle" });
      await open.run();
      const { origin } = new URL(page.url());
      const others = requests.filter(
        (request) => !/^GET (data|blob):/.test(request) && !request.startsWith(`GET ${origin}/`),
      );
      assert.deepEqual(others, []);
      assert.ok(requests.length > 5);
    });
  });

  test("the picture has a lane for each goroutine by name, and each channel as a box with what waits, passes and is closed", async () => {
    await visit("rendezvous", async (open) => {
      const { page } = open;
      await open.run();
      await page.click("#first");
      const names = page.locator(".run-timeline .lane .name");
      assert.deepEqual(await names.allTextContents(), ["main", "sender 2"]);
      const seen = new Set<string>();
      const [, steps] = await open.step();
      for (let step = 1; step <= steps; step++) {
        await page.click("#step");
        const [senders, receivers, passing] = await Promise.all(
          [".sending .party:not(.is-served)", ".receiving .party:not(.is-served)", ".value.is-passing"].map((part) =>
            page.locator(`#channels .channel ${part}`).allTextContents(),
          ),
        );
        for (const text of senders ?? []) seen.add(`${text} waits to send`);
        for (const text of receivers ?? []) seen.add(`${text} waits to receive`);
        for (const text of passing ?? []) seen.add(`${text} passes`);
      }
      assert.deepEqual([...seen], ['sender 2: "A" waits to send', '"A" passes', "main waits to receive", '"B" passes']);
      assert.deepEqual(
        (await page.locator("#output .output-time").allTextContents()).map((time) => time.trim()),
        ["0 ms", "100 ms", "300 ms", ""],
      );
    });
    await visit("close-and-range", async (open) => {
      await open.run();
      await open.page.click("#first");
      assert.equal(await open.page.locator(".channel-cap").count(), 0);
      await open.page.click("#last");
      assert.equal(await open.page.locator(".channel-cap").count(), 1);
      assert.equal(await open.text(".channel-word"), "closed");
    });
  });

  test("after a deadlock, the explanation is below the lanes of the goroutines that wait, at the last step only", async () => {
    await visit("rendezvous", async (open) => {
      const { page } = open;
      await page.click('[data-mistake="1"]');
      await page.waitForSelector(".question");
      await open.run();
      await page.click("#last");
      const explanation =
        "main waits to receive from letters (line 18): no goroutine is left that could send to letters.";
      assert.equal(await open.text("#timeline .deadlock li"), explanation);
      assert.match(await open.text("#sentence"), /now every goroutine waits: a deadlock$/);
      await page.click("#back");
      assert.equal(await page.isVisible(".deadlock"), false);
    });
  });

  test("a click into the timeline shows the nearest step, and a click on the names none", async () => {
    await visit("rendezvous", async (open) => {
      const { page } = open;
      await open.run();
      await page.click("#first");
      const [, steps] = await open.step();
      const cursor = async (): Promise<number> => (await page.locator(".cursor").boundingBox())?.x ?? NaN;
      const positions: number[] = [];
      for (let step = 0; step <= steps; step++) {
        await page.locator("#scrub").fill(String(step));
        await page.waitForTimeout(200);
        positions.push(await cursor());
      }
      const picture = (await page.locator(".picture").boundingBox()) ?? assert.fail();
      for (const [step, x] of positions.entries()) {
        await page.mouse.click(x + 3, picture.y + picture.height / 2);
        assert.deepEqual(await open.step(), [step, steps]);
      }
      const names = (await page.locator(".names").boundingBox()) ?? assert.fail();
      await page.mouse.click(names.x + 20, names.y + 40);
      assert.deepEqual(await open.step(), [steps, steps]);
    });
  });

  test("the speed changes how fast a run plays", async () => {
    await visit("rendezvous", async (open) => {
      const { page } = open;
      await page.clock.install();
      await open.run();
      const stepsIn = async (speed: string): Promise<number> => {
        await page.selectOption("#speed", speed);
        await page.click("#first");
        await page.click("#play");
        await page.clock.runFor(4000);
        return (await open.step())[0];
      };
      const [half, normal, double] = [await stepsIn("0.5"), await stepsIn("1"), await stepsIn("2")];
      assert.deepEqual([half, normal, double], [2, 5, 10]);
    });
  });

  test("on a narrow screen, the line of the step and the lanes are in view together while a run plays", async () => {
    await visit(
      "rendezvous",
      async (open) => {
        await open.run();
        await open.page.click("#back");
        for (const part of [".line.current", "#sentence", ".lane >> nth=1"]) {
          const box = (await open.page.locator(`${part} >> visible=true`).first().boundingBox()) ?? assert.fail(part);
          assert.ok(box.y >= 0 && box.y + box.height <= screens.narrow.height, `${part} is at ${box.y}`);
        }
      },
      { viewport: screens.narrow, reducedMotion: "reduce" },
    );
  });

  test("steps go forward and back, by button, slider, key and click on the timeline", async () => {
    await visit("rendezvous", async (open) => {
      const { page } = open;
      await open.run();
      await page.click("#first");
      const [, steps] = await open.step();
      await page.click("#step");
      await page.click("#step");
      const second = await open.text("#sentence");
      await page.click("#step");
      assert.notEqual(await open.text("#sentence"), second);
      await page.click("#back");
      assert.deepEqual([await open.step(), await open.text("#sentence")], [[2, steps], second]);
      await page.locator("#scrub").fill(String(steps - 1));
      assert.deepEqual(await open.step(), [steps - 1, steps]);
      await page.locator("#scrub").blur();
      await page.keyboard.press("ArrowRight");
      assert.deepEqual(await open.step(), [steps, steps]);
      await page.keyboard.press("ArrowLeft");
      assert.deepEqual(await open.step(), [steps - 1, steps]);
      await page.click("#list summary");
      await page.waitForSelector("#all-steps li");
      assert.equal(await page.locator("#all-steps li").count(), steps);
      assert.equal(await page.locator("#all-steps [aria-current]").textContent(), await open.text("#sentence"));
    });
  });

  test("the step marks its line, and the line of the Go program that belongs to it", async () => {
    await visit("rendezvous", async (open) => {
      const { page } = open;
      await open.run();
      await page.click("#first");
      const [, steps] = await open.step();
      for (let step = 1; step <= steps; step++) {
        await page.click("#step");
        const lines = await page.locator("#pane-ts .current").allTextContents();
        if (!lines.some((line) => line.includes('send("A")'))) continue;
        assert.deepEqual(await page.locator("#pane-go .current").allTextContents(), ['\tletters <- "A"\n']);
        return;
      }
      assert.fail("no step marks the send of A");
    });
  });

  test("Space plays and pauses, and the sentence is announced only while stepping", async () => {
    await visit("rendezvous", async (open) => {
      const { page } = open;
      await open.run();
      assert.equal(await page.getAttribute("#sentence", "aria-live"), "off");
      await page.keyboard.press("Space");
      assert.equal(await page.getAttribute("#sentence", "aria-live"), "polite");
      assert.equal(await page.getAttribute("#play", "aria-label"), "Play");
      await page.keyboard.press("Space");
      assert.equal(await page.getAttribute("#play", "aria-label"), "Pause");
    });
  });

  test("with reduced motion, a run does not play by itself", async () => {
    await visit(
      "rendezvous",
      async (open) => {
        await open.run();
        const [step, steps] = await open.step();
        assert.equal(step, steps);
        assert.equal(await open.page.getAttribute("#play", "aria-label"), "Play");
      },
      { reducedMotion: "reduce" },
    );
  });

  test("a mistake that is chosen right before Run, while a program is edited, is shown and run", async () => {
    await visit("rendezvous", async (open) => {
      const { page } = open;
      await runText(open, program('  console.log("edited");'));
      await open.judged();
      await page.evaluate(() => {
        for (const selector of ['[data-mistake="1"]', "#run"])
          document.querySelector<HTMLButtonElement>(selector)?.click();
      });
      await page.waitForSelector(".question");
      await open.judged();
      assert.equal(await open.text("#verdict"), "Prints what Go printed, exit code 2.");
      assert.equal(await page.locator("#pane-ts .added").count(), 1);
      assert.equal(await page.locator(".cm-editor").count(), 0);
    });
  });

  test("the dice change the seed, and a link shows the same run, with its mistake", async () => {
    await visit("wait-group", async (open) => {
      const { page } = open;
      await page.click('[data-mistake="2"]');
      await page.waitForSelector(".question");
      await open.run("#dice");
      const { hash } = new URL(page.url());
      assert.match(hash, /^#seed=\d+&mistake=2$/);
      const list = async (other: OpenPage): Promise<string[]> => {
        await other.page.click("#list summary");
        await other.page.waitForSelector("#all-steps li");
        return other.page.locator("#all-steps li").allTextContents();
      };
      const steps = await list(open);
      await visit(
        "wait-group",
        async (other) => {
          await other.judged();
          assert.equal(await other.text("#seed"), await open.text("#seed"));
          assert.equal(await other.page.getAttribute('[data-mistake="2"]', "aria-pressed"), "true");
          assert.deepEqual(await list(other), steps);
        },
        { hash },
      );
    });
  });

  test("lines that belong together are lit by the pointer and by the keyboard", async () => {
    await visit("rendezvous", async ({ page }) => {
      await page.hover('#pane-ts .line:has-text("go(sender, letters)")');
      assert.deepEqual(await page.locator("#pane-go .lit").allTextContents(), ["\tgo sender(letters)\n"]);
      await page.mouse.move(0, 0);
      assert.equal(await page.locator(".lit").count(), 0);
      await page.keyboard.press("Tab");
      for (let i = 0; i < 12 && !(await page.locator("#pane-go .code:focus").count()); i++)
        await page.keyboard.press("Tab");
      assert.ok((await page.locator("#pane-ts .lit").count()) > 0);
      await page.keyboard.press("ArrowDown");
      assert.equal((await page.locator("#pane-go .lit").count()) > 0, true);
    });
  });

  test("an edited program runs, and Reset restores the program of the lesson", async () => {
    await visit("rendezvous", async (open) => {
      const { page } = open;
      const before = await open.text("#pane-ts .code");
      await runText(open, program('  console.log("edited");\n  await time.sleep(100);'));
      await open.judged();
      assert.equal(await open.text("#verdict"), "Exit code 0.");
      assert.equal(new URL(page.url()).hash, "");
      await page.click("#last");
      assert.match(await open.text("#output"), /edited/);
      await page.click("#reset");
      await page.waitForSelector(".cm-editor", { state: "detached" });
      assert.equal(await open.text("#pane-ts .code"), before);
    });
  });

  test("an edit that is undone by hand is compared with Go again", async () => {
    await visit("rendezvous", async (open) => {
      await runText(open, await open.text("#pane-ts .code"));
      await open.judged();
      assert.match(await open.text("#verdict"), /^Prints what Go printed/);
    });
  });

  test("a syntax error is shown with its line", async () => {
    await visit("rendezvous", async (open) => {
      await runText(open, program("  const x = ;"));
      await open.judged();
      assert.match(await open.text("#verdict"), /^Line 4: Unexpected token/);
      assert.equal(await open.page.locator(".cm-line.error").textContent(), "  const x = ;");
    });
  });

  test("an endless loop is stopped, and its line is shown", async () => {
    await visit("rendezvous", async (open) => {
      await runText(open, program('  console.log("before");\n  while (true) {}'));
      await open.judged();
      assert.match(await open.text("#verdict"), /line 5/);
      assert.equal(await open.page.locator(".cm-line.error").textContent(), "  while (true) {}");
      await open.page.click("#last");
      assert.match(await open.text("#output"), /before/);
    });
  });

  test("a program without end is stopped by the button", async () => {
    await visit("rendezvous", async (open) => {
      await runText(open, program("  for (;;) await time.sleep(1);"));
      await open.page.click('#run:has-text("Stop")');
      await open.judged();
      assert.match(await open.text("#verdict"), /stopped/);
      assert.equal(await open.text("#run-label"), "Run");
    });
  });

  test("a run that is stopped while its modules are loaded does not start", async () => {
    await visit("rendezvous", async (open) => {
      const { page } = open;
      let release = (): void => undefined;
      const loaded = new Promise<void>((resolve) => (release = resolve));
      await page.route("**/runner-*.js", async (route) => {
        await loaded;
        await route.continue();
      });
      await page.click("#run");
      await page.click('#run:has-text("Stop")');
      assert.equal(await open.text("#verdict"), "The program was stopped before it started.");
      assert.equal(await page.getAttribute("body", "data-state"), "ready");
      release();
      await open.run();
      assert.match(await open.text("#verdict"), /^Prints what Go printed/);
    });
  });

  test("a promise that never settles is a deadlock", async () => {
    await visit("rendezvous", async (open) => {
      await runText(open, program("  await new Promise(() => undefined);"));
      await open.judged();
      assert.equal(await open.text("#verdict"), "Exit code 2.");
      await open.page.click("#last");
      assert.match(await open.text("#output"), /all goroutines are asleep/);
    });
  });

  test("Tab leaves the editor", async () => {
    await visit("rendezvous", async ({ page }) => {
      await page.click("#edit");
      await page.waitForSelector(".cm-content:focus");
      await page.keyboard.press("Tab");
      assert.equal(await page.locator(".cm-content:focus").count(), 0);
    });
  });

  for (const [screen, viewport] of Object.entries(screens)) {
    for (const colorScheme of ["light", "dark"] as const) {
      test(`axe finds nothing, and nothing overflows: ${screen}, ${colorScheme}`, async () => {
        const check = async ({ page }: OpenPage, state: string): Promise<void> => {
          await page.addScriptTag({ path: axe });
          const { violations } = await page.evaluate(() =>
            (globalThis as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
          );
          const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join("\n")}`);
          assert.deepEqual(found, [], state);
          const [content, width] = await page.evaluate(() => [document.body.scrollWidth, innerWidth] as const);
          assert.ok(content <= width, `${state}: the page is ${content} pixels wide`);
        };
        const options = { viewport, colorScheme, reducedMotion: "reduce" } as const;
        await visit("index", (open) => check(open, "the first page"), options);
        for (const slug of ["rendezvous", "buffer", path.at(-1)?.slug ?? ""]) {
          await visit(
            slug,
            async (open) => {
              await check(open, "before a run");
              await open.run();
              await check(open, "after a run");
              await open.page.click("[data-mistake]");
              await open.page.waitForSelector(".question");
              await open.run();
              await check(open, "after a mistake");
              await open.page.click("#edit");
              await open.page.waitForSelector(".cm-editor");
              await check(open, "in the editor");
            },
            options,
          );
        }
      });
    }
  }

  test("on a narrow screen, each control is at least 44 pixels high and wide", async () => {
    await visit(
      "rendezvous",
      async ({ page }) => {
        const small = await page
          .locator("button:visible, select:visible, .top a.icon-button, summary:visible")
          .evaluateAll((elements) =>
            elements
              .map((element) => ({ text: element.outerHTML, box: element.getBoundingClientRect() }))
              .filter(({ box }) => box.height < 44 || box.width < 44)
              .map(({ text }) => text),
          );
        assert.deepEqual(small, []);
      },
      { viewport: screens.narrow },
    );
  });

  test("a visit, a run and an edited run stay within their budgets", async () => {
    const largest = { visit: 0, run: 0 };
    for (const { slug } of path) {
      await visit(slug, async (open) => {
        const first = open.bytes;
        largest.visit = Math.max(largest.visit, first);
        assert.ok(first <= budgets.visit, `${slug}: a visit loads ${first} bytes`);
        await open.run();
        largest.run = Math.max(largest.run, open.bytes - first);
        assert.ok(open.bytes - first <= budgets.run, `${slug}: a run loads ${open.bytes - first} bytes more`);
        if (slug !== "rendezvous") return;
        const run = open.bytes;
        await open.page.click("#edit");
        await open.page.waitForSelector(".cm-content:focus");
        const editor = open.bytes - run;
        await open.page.keyboard.insertText("// edited\n");
        await open.run();
        const edited = open.bytes - editor;
        console.log(`bytes: visit ${first}, with a run ${run}, with an edited run ${edited}, editor ${editor}`);
        assert.ok(edited <= budgets.editedRun, `an edited run loads ${edited} bytes`);
      });
    }
    console.log(`bytes of the largest lesson: visit ${largest.visit}, run ${largest.run} more`);
  });
});
