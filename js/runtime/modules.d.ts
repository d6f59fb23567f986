// What workerd.js and edge-light.js import that is not JavaScript.

declare module '*.wasm' {
  const module: WebAssembly.Module;
  export default module;
}

declare module '*.wasm?module' {
  const module: WebAssembly.Module;
  export default module;
}

declare module 'cloudflare:workers' {
  /** The bindings; missing in versions before March 2025. */
  export const env: Record<string, unknown> | undefined;
  /** Missing in versions before August 2025. */
  export const waitUntil: ((work: Promise<unknown>) => void) | undefined;
}
