import type { Page } from "@playwright/test";

import { accessible, expect, PEOPLE, signIn, takeOldAge, test } from "./city";

/** Does one act with a text, and waits until the page says that it was done. */
async function act(page: Page, name: string, text?: string): Promise<void> {
  await page.getByRole("group", { name: "可以进行的操作" }).getByRole("button", { name, exact: true }).click();
  const dialog = page.getByRole("dialog", { name });
  if (text) await dialog.getByRole("textbox").last().fill(text);
  await dialog.getByRole("button", { name, exact: true }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole("status").filter({ hasText: "已" }).first()).toBeVisible();
}

test("a case goes through every office to its end, and the resident follows it", async ({ browser, page, baseURL }) => {
  test.setTimeout(180_000); // five people one after the other
  await signIn(page, "clerk");
  const number = await takeOldAge(page, PEOPLE.li);

  const street = await (await browser.newContext({ baseURL, locale: "zh-CN", viewport: { width: 1440, height: 900 } })).newPage();
  await signIn(street, "officer-street");
  const row = street.getByRole("row", { name: new RegExp(number) });
  await expect(row).toBeVisible();
  await expect(row).toContainText("李*英");
  await accessible(street, "queue");
  await street.keyboard.press("j");
  await expect(street.locator("tbody a[data-case]").first()).toBeFocused();
  await street.locator(`a[data-case="${number}"]`).focus();
  await street.keyboard.press("Enter");
  await expect(street.locator('[data-phase="received"]')).toBeVisible();
  await expect(street.locator('[data-fact="applicant.name"] .tag')).toContainText("居民身份证");
  await accessible(street, "case");
  await act(street, "受理");
  await expect(street.locator('[data-phase="review"]')).toBeVisible();

  // Somebody else's press on what is no longer so shows what changed and does nothing.
  const approve = street.getByRole("group", { name: "可以进行的操作" }).getByRole("button", { name: "审核通过" });
  if (await approve.isVisible()) await act(street, "审核通过", "材料属实");

  const county = await (await browser.newContext({ baseURL, locale: "zh-CN", viewport: { width: 1440, height: 900 } })).newPage();
  await signIn(county, "officer-county");
  await county.locator(`a[data-case="${number}"]`).click();
  await expect(county.getByRole("group", { name: "可以进行的操作" })).toBeVisible(); // only now is its address the case's

  const late = await county.context().newPage();
  await late.goto(county.url());
  await expect(late.getByRole("group", { name: "可以进行的操作" })).toBeVisible();

  await county.getByRole("group", { name: "可以进行的操作" }).getByRole("button", { name: "不予批准" }).click();
  const refusal = county.getByRole("dialog", { name: "不予批准" });
  await refusal.getByRole("button", { name: "不予批准" }).click();
  await expect(refusal.getByText("请写明内容")).toBeVisible();
  await expect(refusal.getByText("请至少选择一条依据")).toBeVisible();
  await accessible(county, "refusal");
  await refusal.getByRole("button", { name: "取消" }).click();
  await act(county, "准予", "符合规定");
  await expect(county.locator('[data-phase="granted"]')).toBeVisible();
  await expect(county.getByRole("group", { name: "可以进行的操作" })).toHaveCount(0);

  await late.getByRole("group", { name: "可以进行的操作" }).getByRole("button", { name: "准予", exact: true }).click();
  await late.getByRole("dialog").getByRole("button", { name: "准予", exact: true }).click();
  const changed = late.getByRole("dialog", { name: "办件已有变化" });
  await expect(changed).toContainText("准予");
  await changed.getByRole("button", { name: "查看最新情况" }).click();
  await expect(late.locator('[data-phase="granted"]')).toBeVisible();

  const phone = await (await browser.newContext({ baseURL, locale: "zh-CN", viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true })).newPage();
  await phone.goto("/");
  await expect(phone).toHaveURL(/\/m$/);
  await accessible(phone, "phone");
  await phone.getByLabel("办件编号").fill(number);
  await phone.getByLabel("证件号码").fill("510499194603019028");
  await phone.getByRole("button", { name: "查询" }).click();
  await expect(phone.getByRole("alert")).toBeVisible();
  await phone.getByLabel("证件号码").fill(PEOPLE.li);
  await phone.getByRole("button", { name: "查询" }).click();
  await expect(phone.locator('[data-phase="granted"]')).toBeVisible();
  await expect(phone.getByText("您的申请已获准")).toBeVisible();
  await expect(phone.getByText("李秀英")).toHaveCount(0);
  await accessible(phone, "progress");
  expect(await phone.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
});
