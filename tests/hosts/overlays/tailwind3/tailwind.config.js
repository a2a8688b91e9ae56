import forms from "@tailwindcss/forms";

// Utilities that shout, sizes and colours of its own, and a plugin that paints form controls.
export default {
  content: ["./index.html", "./src/**/*.tsx"],
  safelist: ["p-4", "p-5", "flex", "hidden", "text-xs", "font-medium", "gap-3", "rounded-lg", "w-44"],
  darkMode: "class",
  important: true,
  theme: { extend: { spacing: { 4: "40px", 5: "50px" }, fontSize: { xs: "30px" } } },
  plugins: [forms],
};
