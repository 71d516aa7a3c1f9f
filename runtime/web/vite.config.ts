import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** Where a developer's own server listens; the built screens are served by it and need no proxy. */
const server = process.env.DEV_SERVER ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react()],
  server: { proxy: { "/api": { target: server, changeOrigin: false } } },
  build: {
    outDir: "dist",
    emptyOutDir: true, // public/.gitkeep puts back the one file of dist that is kept in the repository
    target: "es2022",
    chunkSizeWarningLimit: 900,
  },
});
