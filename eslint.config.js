import js from "@eslint/js";
import hooks from "eslint-plugin-react-hooks";
import globals from "globals";
import ts from "typescript-eslint";

export default ts.config(
  { ignores: ["**/dist/**", "**/node_modules/**", "engine/web/src/api/schema.d.ts", "data/**", "**/test-results/**", "**/playwright-report/**"] },
  js.configs.recommended,
  ...ts.configs.recommendedTypeChecked,
  hooks.configs.flat.recommended,
  {
    files: ["**/*.{ts,tsx}"],
    languageOptions: {
      globals: globals.browser,
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/unbound-method": "off", // props written as methods are plain functions
      "@typescript-eslint/only-throw-error": "off", // a problem of the API is thrown as what it is
    },
  },
  { files: ["**/*.js", "vitest.config.ts"], ...ts.configs.disableTypeChecked },
);
