import AxeBuilder from "@axe-core/playwright";
import { expect, test as base, type Page } from "@playwright/test";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PASSWORD = "demo-tongban";

/** People of the demo city that the tests take applications from. */
export const PEOPLE = {
  /** 80, every licence on record. */
  li: "510499194603019029",
  /** His home burnt: temporary assistance, small enough for the street to decide. */
  wang: "510499198504129079",
  /** 90 next month. */
  sha: "510499193612019034",
  /** 79 years and 11 months. */
  zhang: "510499194612209019",
} as const;

export const ITEMS = { oldAge: "512B0003600037", temporary: "512B0003600031", disability: "511F82001002" } as const;

/** The day it is in the city of the tests, whenever they run: one on which the stories of the showcase are so. */
export const DAY = "2026-11-23";

/** Serves a demo city from a data folder and gives its address to `run`; it ends with it. */
export async function serve(data: string, day: string, run: (address: string) => Promise<void>): Promise<void> {
  const server = spawn(process.env.E2E_BINARY ?? "tongban", ["serve", "--demo", "--data", data, "--addr", "127.0.0.1:0", "--residents", "40", "--demo-date", day], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  try {
    await run(
      await new Promise<string>((resolve, reject) => {
        let said = "";
        const hear = (chunk: Buffer) => {
          said += chunk.toString();
          const address = /http:\/\/127\.0\.0\.1:[1-9]\d*/.exec(said)?.[0];
          if (address) resolve(address);
        };
        server.stdout.on("data", hear);
        server.stderr.on("data", hear);
        server.on("error", reject);
        server.on("exit", (code) => reject(new Error(`the server ended with ${code}: ${said}`)));
      }),
    );
  } finally {
    if (server.exitCode === null) {
      const gone = new Promise((resolve) => server.once("exit", resolve));
      server.kill("SIGTERM");
      await gone;
    }
  }
}

/** A folder for the data of a city, removed after `run`. */
export async function dataFolder(run: (data: string) => Promise<void>): Promise<void> {
  const data = mkdtempSync(join(tmpdir(), "tongban-city-"));
  try {
    await run(data);
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
}

/** A running city on a fresh data folder, one for each worker; it ends with the worker. */
export const test = base.extend<object, { city: string }>({
  city: [
    // eslint-disable-next-line no-empty-pattern -- the first argument of a fixture must be destructured
    async ({}, run) => dataFolder((data) => serve(data, DAY, run)),
    { scope: "worker", timeout: 60_000 },
  ],
  baseURL: async ({ city }, run) => run(city),
});

export { expect };

export async function signIn(page: Page, username: string): Promise<void> {
  await page.goto("/desk");
  await page.getByLabel("账号").fill(username);
  await page.getByLabel("密码", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "登录" }).click();
  await expect(page.getByRole("navigation", { name: "主要栏目" })).toBeVisible();
}

/** Signs in again in the dialog over a page whose session lapsed. */
export async function signInAgain(page: Page): Promise<void> {
  const dialog = page.getByRole("dialog", { name: "登录已过期" });
  await dialog.getByLabel("密码", { exact: true }).fill(PASSWORD);
  await dialog.getByRole("button", { name: "登录" }).click();
  await expect(dialog).toBeHidden();
}

/** Opens a draft for a person and waits for its form. */
export async function openDraft(page: Page, item: string, person: string): Promise<void> {
  await page.goto(`/desk/new/${item}`);
  await page.getByLabel("申请人证件号码").fill(person);
  await page.getByRole("button", { name: "开始填写" }).click();
  await expect(page.getByRole("heading", { name: "申请人", exact: true })).toBeVisible();
}

/** The control block of a fact. */
export const fact = (page: Page, path: string) => page.locator(`[data-path="${path}"]`);

/** Chooses one of the labelled values of a fact, whether they lie open or in a list. */
export async function choose(page: Page, path: string, label: string | RegExp): Promise<void> {
  const block = fact(page, path);
  await expect(block).toBeVisible();
  const list = block.getByRole("combobox");
  if (await list.isVisible()) {
    await list.click();
    await page.locator(".ant-select-dropdown:visible .ant-select-item-option").filter({ hasText: label }).first().click();
  } else {
    await block.getByRole("radio", { name: label }).first().check();
  }
}

/** Everything typed so far is confirmed by the server. */
export const saved = (page: Page) => expect(page.locator('[data-save="saved"]')).toBeVisible();

/** Takes the whole application of a person of 80 and returns the case number. */
export async function takeOldAge(page: Page, person: string): Promise<string> {
  await openDraft(page, ITEMS.oldAge, person);
  await fact(page, "form.lives_elsewhere").getByRole("radio", { name: "否" }).check();
  await expect(page.getByRole("heading", { name: "已填写完整，可以提交" })).toBeVisible();
  await page.getByRole("button", { name: "提交申请" }).click();
  return caseNumber(page);
}

export async function caseNumber(page: Page): Promise<string> {
  const number = page.locator("[data-case-number]");
  await expect(number).toBeVisible();
  return (await number.textContent()) ?? "";
}

/** No finding of axe at WCAG 2.2 AA on what is shown now. */
export async function accessible(page: Page, place: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]).analyze();
  expect(
    violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html.slice(0, 160)).join(" | ")}`),
    place,
  ).toEqual([]);
}
