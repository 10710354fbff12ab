/** Tailwind 4 needs no other configuration; the theme is in app/globals.css. */
export default { plugins: { '@tailwindcss/postcss': {} } };
