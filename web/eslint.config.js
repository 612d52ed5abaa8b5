import jsxA11y from "eslint-plugin-jsx-a11y";
import hooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

/** Imports go one way: ui, lib <- api, metadata <- fields <- records <- areas <- routes; areas never import areas but auth. */
const layers = [
  ["lib", ["api", "metadata", "fields", "records", "areas", "ui"]],
  ["ui", ["api", "metadata", "fields", "records", "areas"]],
  ["api", ["fields", "records", "areas", "ui"]],
  ["metadata", ["fields", "records", "areas", "ui"]],
  ["fields", ["records", "areas"]],
  ["records", ["areas"]],
];

export default tseslint.config(
  { ignores: ["dist", "node_modules", "public", "test/mock"] },
  ...tseslint.configs.recommended,
  { files: ["src/**/*.{ts,tsx}"], plugins: { "jsx-a11y": jsxA11y, "react-hooks": hooks }, rules: { ...jsxA11y.configs.recommended.rules, ...hooks.configs.recommended.rules, "jsx-a11y/no-autofocus": "off", "jsx-a11y/label-has-associated-control": ["error", { assert: "either", depth: 3, controlComponents: ["Choose", "TextInput"] }], "react-hooks/incompatible-library": "off", // Icons and editors are looked up in a fixed table, not made in render.
        "react-hooks/static-components": "off" } },
  ...layers.map(([layer, above]) => ({
    files: [`src/${layer}/**/*.{ts,tsx}`],
    rules: { "no-restricted-imports": ["error", { patterns: above.map((name) => ({ group: [`~/${name}/*`, `~/${name}`], message: `${layer} does not know ${name}.` })) }] },
  })),
  { rules: { "@typescript-eslint/no-explicit-any": "error", "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }] } },
);
