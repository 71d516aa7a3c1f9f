import { accessible, expect, ITEMS, test } from "./city";

test("the front page has both doors, in both languages", async ({ page }) => {
  await page.goto("/");
  await accessible(page, "landing");
  await page.getByRole("button", { name: "English" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Any window, every service");
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
  await page.reload();
  await expect(page.getByRole("link", { name: /For staff/ })).toBeVisible();
  await page.getByRole("link", { name: /For staff/ }).click();
  await expect(page.getByLabel("User name")).toBeFocused();
  await accessible(page, "sign in");
  await page.getByLabel("User name").fill("clerk");
  await page.getByLabel("Password", { exact: true }).fill("wrong");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("alert")).toBeVisible();
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test("an item is found by what people call it, and its guide fits the screen", async ({ page }) => {
    await page.goto("/m/items");
    await page.getByRole("searchbox").fill("老人补贴");
    await expect(page.getByRole("listitem").filter({ hasText: "高龄津贴" })).toBeVisible();
    await accessible(page, "guides");
    await page.getByRole("link", { name: /高龄津贴/ }).click();
    await expect(page.getByRole("heading", { name: "要带什么" })).toBeVisible();
    await accessible(page, "guide");
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    await page.getByRole("button", { name: "English" }).click();
    await expect(page.getByRole("heading", { name: "What to bring" })).toBeVisible();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  });

  test("an address that leads nowhere says so", async ({ page }) => {
    await page.goto(`/m/items/${ITEMS.oldAge}x`);
    await expect(page.getByRole("alert")).toBeVisible();
    await page.goto("/nowhere");
    await expect(page.getByRole("heading", { name: "没有这个页面" })).toBeVisible();
  });
});
