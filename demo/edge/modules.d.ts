// What worker.js imports that is not JavaScript: see [[rules]] in wrangler.toml.

declare module '*.db' {
  const bytes: ArrayBuffer;
  export default bytes;
}
