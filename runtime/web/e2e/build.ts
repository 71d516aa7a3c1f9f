import { execFileSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "../../..");

/** Builds the screens and the binary that serves them, unless E2E_BINARY names one. (Not TONGBAN_…: the binary refuses settings it does not know.) */
export default function build(): void {
  if (process.env.E2E_BINARY) return;
  execFileSync("npm", ["run", "--silent", "build"], { cwd: ROOT, stdio: ["ignore", "ignore", "inherit"] });
  const binary = join(mkdtempSync(join(tmpdir(), "tongban-e2e-")), "tongban");
  execFileSync("go", ["build", "-o", binary, "."], { cwd: ROOT, stdio: "inherit" });
  process.env.E2E_BINARY = binary;
}
