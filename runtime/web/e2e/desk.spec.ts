import { accessible, caseNumber, choose, expect, fact, ITEMS, openDraft, PEOPLE, saved, signIn, signInAgain, test } from "./city";

test("a clerk takes an application with an upload, from the search box to the receipt", async ({ page }) => {
  await signIn(page, "clerk");
  const search = page.getByRole("combobox", { name: "查找事项" });
  await expect(search).toBeFocused();
  await accessible(page, "window");

  for (const [typed, name] of [
    ["老人补贴", "高龄津贴"],
    ["lsjz", "临时救助"],
    ["512B00112", "居住证"],
  ] as const) {
    await search.fill(typed);
    await expect(page.getByRole("option").first()).toContainText(name);
  }
  await search.fill("临时救助");
  await page.getByRole("option", { name: /临时救助/ }).first().click();

  const idNumber = page.getByLabel("申请人证件号码");
  await expect(idNumber).toBeFocused();
  await idNumber.fill("510499198504129078");
  await page.getByRole("button", { name: "开始填写" }).click();
  await expect(page.locator("#id-number-notes .field-error")).not.toBeEmpty();
  await accessible(page, "new application with an error");
  await idNumber.fill("510499 19850412 9079");
  await page.getByRole("button", { name: "开始填写" }).click();

  // What the city knows is there, each with its source.
  await expect(fact(page, "applicant.name")).toContainText("王建军");
  await expect(fact(page, "applicant.name").locator(".tag")).toContainText("居民身份证");

  // Fields come and go with the answers.
  await expect(fact(page, "form.cause")).toHaveCount(0);
  await fact(page, "form.kind").getByRole("radio", { name: "急难型" }).check();
  await expect(fact(page, "form.cause")).toBeVisible();
  await fact(page, "form.kind").getByRole("radio", { name: "支出型" }).check();
  await expect(fact(page, "form.cause")).toHaveCount(0);
  await fact(page, "form.kind").getByRole("radio", { name: "急难型" }).check();
  await choose(page, "form.cause", "火灾");
  await fact(page, "form.times_this_year").getByRole("textbox").fill("0");
  await fact(page, "form.household_size").getByRole("textbox").fill("3");
  await fact(page, "form.incident_division").getByRole("combobox").fill("炳草岗");
  await page.getByRole("menuitemcheckbox").or(page.locator(".ant-cascader-menu-item")).first().click();
  await choose(page, "form.severity", /一般/);

  // An error is at its field, in the words of the server, and goes when it is right.
  await fact(page, "applicant.phone").getByRole("textbox").fill("123");
  await fact(page, "applicant.phone").getByRole("textbox").blur();
  await expect(fact(page, "applicant.phone").locator(".field-error")).toBeVisible();
  await expect(page.getByRole("button", { name: "提交申请" })).toHaveAttribute("aria-disabled", "true");
  await page.getByRole("button", { name: "提交申请" }).click({ force: true }); // says that it is disabled, and leads to the reason
  await expect(fact(page, "applicant.phone").getByRole("textbox")).toBeFocused();
  await fact(page, "applicant.phone").getByRole("textbox").fill("19912345678");
  await expect(fact(page, "applicant.phone").locator(".field-error")).toHaveCount(0);

  const proof = page.locator("#material-hardship-proof");
  await expect(proof).toHaveAttribute("data-state", /wanted|tolerated/);
  await page.locator('input[data-material="hardship-proof"]').setInputFiles({ name: "火灾证明.png", mimeType: "image/png", buffer: PNG });
  await expect(proof).toHaveAttribute("data-state", "satisfied");
  await proof.getByRole("button", { name: "火灾证明.png", exact: true }).click();
  await expect(page.getByRole("dialog").getByRole("img", { name: /材料图片/ })).toBeVisible();
  await page.keyboard.press("Escape");
  await page.locator('input[data-material="hardship-proof"]').setInputFiles({ name: "假图片.png", mimeType: "image/png", buffer: Buffer.from("MZ this is no picture") });
  await expect(page.locator(".ant-message-error")).toBeVisible();

  await expect(page.getByRole("heading", { name: "已填写完整，可以提交" })).toBeVisible();
  await saved(page);
  await accessible(page, "application");
  await page.getByRole("button", { name: "提交申请" }).dblclick();
  const number = await caseNumber(page);
  await accessible(page, "receipt");

  await page.getByRole("link", { name: "本窗口收件" }).click();
  await expect(page.getByRole("row", { name: new RegExp(number) })).toHaveCount(1);
  await accessible(page, "received");
});

test("nothing typed is lost: reload, lost connection, expired session", async ({ page, context }) => {
  await signIn(page, "clerk");
  await openDraft(page, ITEMS.temporary, PEOPLE.wang);
  const address = fact(page, "applicant.residence_address").getByRole("textbox");

  // A reload while the save is held back: the edit is only on this machine.
  await page.route("**/api/v1/drafts/*/answers", (route) => route.abort());
  await address.fill("第一次输入的地址");
  await expect(page.locator('[data-save="unreachable"]')).toBeVisible();
  page.on("dialog", (dialog) => void dialog.accept());
  await page.unroute("**/api/v1/drafts/*/answers");
  await page.reload();
  await expect(address).toHaveValue("第一次输入的地址");
  await saved(page);

  await context.setOffline(true);
  await address.fill("断网时输入的地址");
  await expect(page.locator('[data-save="unreachable"]')).toBeVisible();
  await context.setOffline(false);
  await saved(page);

  await context.clearCookies();
  await address.fill("登录过期时输入的地址");
  await expect(page.getByRole("dialog", { name: "登录已过期" })).toBeVisible();
  await accessible(page, "sign in again");
  await signInAgain(page);
  await saved(page);
  await expect(address).toHaveValue("登录过期时输入的地址");

  await page.reload();
  await expect(address).toHaveValue("登录过期时输入的地址");
});

test("two windows on one application: nothing is overwritten without a choice", async ({ page, context }) => {
  await signIn(page, "clerk");
  await openDraft(page, ITEMS.temporary, PEOPLE.sha);
  await saved(page);
  const other = await context.newPage();
  await other.goto(page.url());
  await expect(fact(other, "applicant.residence_address")).toBeVisible();

  await fact(other, "applicant.residence_address").getByRole("textbox").fill("另一个窗口的地址");
  await saved(other);
  await expect.poll(() => other.evaluate(() => Object.keys(localStorage).filter((k) => k.startsWith("tongban.draft.")))).toEqual([]);
  await fact(page, "applicant.residence_address").getByRole("textbox").fill("我的地址");
  const clash = page.getByRole("alert").filter({ hasText: "这份申请在别处也改动过" });
  await expect(clash).toContainText("另一个窗口的地址");
  await accessible(page, "clash");
  await clash.getByRole("button", { name: "用我填的" }).click();
  await saved(page);
  await other.reload();
  await expect(fact(other, "applicant.residence_address").getByRole("textbox")).toHaveValue("我的地址");
});

test("by keyboard alone, from the search box to the receipt", async ({ page }) => {
  await page.goto("/desk");
  await expect(page.getByLabel("账号")).toBeFocused();
  await page.keyboard.type("clerk");
  await page.keyboard.press("Tab");
  await page.keyboard.type("demo-tongban");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("combobox", { name: "查找事项" })).toBeFocused();
  await page.keyboard.type("老人补贴");
  await expect(page.getByRole("option").first()).toContainText("高龄津贴");
  await expect(page.getByRole("option")).toHaveCount(1);
  await page.keyboard.press("Enter");
  await expect(page.getByLabel("申请人证件号码")).toBeFocused();
  await page.keyboard.type(PEOPLE.sha);
  await page.keyboard.press("Enter");
  await expect(fact(page, "form.lives_elsewhere")).toBeVisible();
  await page.keyboard.press("F8");
  await expect(fact(page, "form.lives_elsewhere").getByRole("radio").first()).toBeFocused();
  await page.keyboard.press("ArrowRight");
  await expect(page.getByRole("heading", { name: "已填写完整，可以提交" })).toBeVisible();
  await page.keyboard.press("Control+Enter");
  await caseNumber(page);
  await expect(page.getByRole("button", { name: "打印回执" })).toBeFocused();

  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "键盘快捷键" })).toBeVisible();
  await accessible(page, "shortcuts");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog", { name: "键盘快捷键" })).toBeHidden();
  await page.keyboard.press("Alt+1");
  await expect(page.getByRole("combobox", { name: "查找事项" })).toBeFocused();
});

test("an applicant who does not qualify is told why, and may still submit", async ({ page }) => {
  await signIn(page, "clerk");
  await openDraft(page, ITEMS.oldAge, PEOPLE.zhang);
  await expect(page.locator('[data-verdict="unmet"]')).toBeVisible();
  await expect(page.getByText("预审不是决定")).toBeVisible();
  await fact(page, "form.lives_elsewhere").getByRole("radio", { name: "否" }).check();
  await expect(page.getByRole("heading", { name: "已填写完整，可以提交" })).toBeVisible();
  await page.getByRole("button", { name: "提交申请" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "仍然提交" }).click();
  await caseNumber(page);
});

/** One red pixel. */
const PNG = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==", "base64");
