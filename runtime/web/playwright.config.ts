import { defineConfig } from "@playwright/test";

/** Browser tests against the real binary: the screens as they are embedded, a demo city made for the run. */
export default defineConfig({
  testDir: "e2e",
  globalSetup: "./e2e/build.ts",
  workers: 1, // one city, and machines with two cores
  timeout: 90_000, // a machine that also compiles; alone, the slowest takes ten seconds
  expect: { timeout: 15_000 },
  reporter: [["list"]],
  forbidOnly: Boolean(process.env.CI),
  use: {
    browserName: "chromium",
    viewport: { width: 1440, height: 900 },
    locale: "zh-CN",
    trace: "retain-on-failure",
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
});
