// What workerd.js imports that is not JavaScript.

declare module '*.wasm' {
  const module: WebAssembly.Module;
  export default module;
}

declare module 'cloudflare:workers' {
  /** The bindings; missing in versions before March 2025. */
  export const env: Record<string, unknown> | undefined;
}
