// @ts-check
// Run from the top folder: `eslint --config tests/scripts/eslint.config.js sdgui/web tests/scripts`.

import js from "@eslint/js";
import globals from "globals";

export default [
  { ignores: ["**/node_modules/"] },
  js.configs.recommended,
  {
    languageOptions: { ecmaVersion: 2023, sourceType: "module" },
    rules: {
      eqeqeq: "error",
      "no-var": "error",
      "prefer-const": "error",
      "no-shadow": "error",
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-restricted-properties": ["error", ...["innerHTML", "outerHTML", "insertAdjacentHTML"].map((property) => ({
        property, message: "What a visitor wrote becomes text, never HTML.",
      }))],
    },
  },
  {
    files: ["sdgui/web/**/*.{js,mjs}"],
    languageOptions: { globals: globals.browser },
    rules: {
      "no-restricted-globals": ["error", {
        name: "setInterval", message: "A page that nobody uses does nothing: set a timer for what is to come, or listen.",
      }],
    },
  },
  { files: ["tests/scripts/**/*.js"], languageOptions: { globals: globals.node } },
];
