import { execFileSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "../../..");

/** Builds the screens and the binary that serves them, unless TONGBAN_BINARY names one. */
export default function build(): void {
  if (process.env.TONGBAN_BINARY) return;
  execFileSync("npm", ["run", "--silent", "build"], { cwd: ROOT, stdio: ["ignore", "ignore", "inherit"] });
  const binary = join(mkdtempSync(join(tmpdir(), "tongban-e2e-")), "tongban");
  execFileSync("go", ["build", "-o", binary, "."], { cwd: ROOT, stdio: "inherit" });
  process.env.TONGBAN_BINARY = binary;
}
