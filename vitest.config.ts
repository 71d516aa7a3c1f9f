import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [react()],
  test: {
    environment: "jsdom",
    environmentOptions: { jsdom: { url: "http://localhost" } },
    include: ["engine/web/test/**/*.test.{ts,tsx}", "runtime/web/test/**/*.test.{ts,tsx}"],
    restoreMocks: true,
    testTimeout: 20_000, // the first form on a busy machine
  },
});
