import type { Browser, Page } from "@playwright/test";

import { DAY, accessible, caseNumber, choose, dataFolder, expect, fact, ITEMS, openDraft, PEOPLE, serve, signIn, test } from "./city";

const PNG = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64");

const SHOTS = process.env.E2E_SHOTS; // a folder for pictures of what is seen, where somebody wants to look

async function shot(page: Page, name: string): Promise<void> {
  if (SHOTS) await page.screenshot({ path: `${SHOTS}/${name}.png`, fullPage: true });
}

/** Opens a case from the queue of a member of staff. */
async function opened(browser: Browser, baseURL: string, username: string, number: string): Promise<Page> {
  const page = await (await browser.newContext({ baseURL, locale: "zh-CN", viewport: { width: 1440, height: 900 } })).newPage();
  await signIn(page, username);
  await page.locator(`a[data-case="${number}"]`).click();
  await expect(page.getByRole("group", { name: "可以进行的操作" })).toBeVisible();
  return page;
}

/** Carries out an act: fills in the dialog by its labels, and waits until it is done. */
async function act(page: Page, name: string, fill: Record<string, string> = {}): Promise<void> {
  await page.getByRole("group", { name: "可以进行的操作" }).getByRole("button", { name, exact: true }).click();
  const dialog = page.getByRole("dialog", { name });
  for (const [label, value] of Object.entries(fill)) await dialog.getByLabel(label).fill(value);
  await dialog.getByRole("button", { name, exact: true }).click();
  await expect(dialog).toBeHidden();
}

/** The progress of a case on a phone. */
async function followed(browser: Browser, baseURL: string, number: string): Promise<Page> {
  const phone = await (await browser.newContext({ baseURL, locale: "zh-CN", viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true })).newPage();
  await phone.goto("/m");
  await phone.getByLabel("办件编号").fill(number);
  await phone.getByLabel("证件号码").fill(PEOPLE.wang);
  await phone.getByRole("button", { name: "查询" }).click();
  await expect(phone.locator("[data-phase]")).toBeVisible();
  return phone;
}

const day = (from: Date, days: number) => new Date(from.getTime() + days * 86_400_000).toLocaleDateString("sv-SE", { timeZone: "Asia/Shanghai" });

test("a disability card: assessment stops the clock, publicity, grant, delivery", async ({ browser }) => {
  test.setTimeout(240_000); // two cities and five people
  await dataFolder(async (data) => {
    let number = "";
    await serve(data, DAY, async (baseURL) => {
      const desk = await (await browser.newContext({ baseURL, locale: "zh-CN", viewport: { width: 1440, height: 900 } })).newPage();
      await signIn(desk, "clerk");
      await openDraft(desk, ITEMS.disability, PEOPLE.wang);
      await choose(desk, "form.category", "肢体");
      const incapable = fact(desk, "form.incapable");
      if (await incapable.isVisible()) await incapable.getByRole("radio", { name: "否" }).check();
      await desk.locator('input[data-material="photo"]').setInputFiles({ name: "照片.png", mimeType: "image/png", buffer: PNG });
      await expect(desk.getByRole("heading", { name: "已填写完整，可以提交" })).toBeVisible();
      await desk.getByRole("button", { name: "提交申请" }).click();
      number = await caseNumber(desk);

      const street = await opened(browser, baseURL, "officer-street", number);
      await act(street, "受理");
      await expect(street.locator('[data-document="acceptance"]')).toBeVisible();

      const county = await opened(browser, baseURL, "officer-disabled", number);
      await expect(county.getByRole("button", { name: "审核通过" })).toHaveCount(0); // not before it was assessed
      const until = day(new Date(), 7);
      await act(county, "开始残疾评定", { 预计结束日期: until, 事由和需要申请人配合的事项: "请持身份证到市中心医院评定" });
      await expect(county.locator("[data-paused]")).toContainText("停止计时：残疾评定");
      await expect(county.locator('[data-kind="suspended"]')).toContainText("残疾评定");
      await shot(county, "office-suspended");
      await accessible(county, "suspended");

      const phone = await followed(browser, baseURL, number);
      await expect(phone.locator("[data-paused]")).toContainText("正在进行“残疾评定”");
      await expect(phone.getByText("请持身份证到市中心医院评定").first()).toBeVisible();
      await shot(phone, "phone-suspended");
      await phone.locator('[data-document="suspension"] summary').click();
      await expect(phone.getByText("特别程序（不计时）告知书").last()).toBeVisible();
      await accessible(phone, "phone suspended");
      await shot(phone, "phone-document");
      expect(await phone.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
      await phone.goto("/m?lang=en");
      await phone.getByLabel("Case number").fill(number);
      await phone.getByLabel("Identity number").fill(PEOPLE.wang);
      await phone.getByRole("button", { name: "Look it up" }).click();
      await expect(phone.locator("[data-paused]")).toContainText("The clock stopped on");
      await shot(phone, "phone-suspended-en");

      await act(county, "结束残疾评定", { 结论: "肢体三级" });
      await expect(county.locator("[data-paused]")).toHaveCount(0);
      await act(county, "审核通过");
      await county.getByRole("group", { name: "可以进行的操作" }).getByRole("button", { name: "开始发证前公示" }).click();
      const dialog = county.getByRole("dialog", { name: "开始发证前公示" });
      await expect(dialog.getByRole("region", { name: /公示内容/ })).toContainText("王建军");
      await expect(dialog.getByText(PEOPLE.wang)).toHaveCount(0); // nobody's number is published
      await shot(county, "office-publicity-dialog");
      await dialog.getByRole("button", { name: "开始发证前公示" }).click();
      await expect(dialog).toBeHidden();
      await county.locator('[data-document="publicity"] a').click();
      await expect(county.getByRole("heading", { name: "公示" })).toBeVisible();
      await accessible(county, "document");
      await shot(county, "office-document");
    });

    // Ten days later the publicity is over, and the platform has concluded it.
    await serve(data, "2026-12-07", async (baseURL) => {
      const county = await opened(browser, baseURL, "officer-disabled", number);
      await expect(county.locator('[data-procedure="publicity"]')).toHaveAttribute("data-state", "done");
      await act(county, "准予");
      await expect(county.locator('[data-delivered=""]')).toContainText("制作、送达残疾人证");
      await shot(county, "office-granted");
      await act(county, "记录送达", { 签收人: "王建军本人" });
      await expect(county.locator('[data-document="delivered"]')).toBeVisible();
      await expect(county.getByRole("group", { name: "可以进行的操作" })).toHaveCount(0);
      await shot(county, "office-delivered");
      await accessible(county, "delivered");
      await county.getByRole("button", { name: "English" }).click();
      await shot(county, "office-delivered-en");

      const phone = await followed(browser, baseURL, number);
      await expect(phone.getByText(/您的申请已获准，已于.*送达/)).toBeVisible();
      await expect(phone.getByText("王建军本人")).toHaveCount(0);
      await shot(phone, "phone-delivered");
    });
  });
});
