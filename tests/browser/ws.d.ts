/** The part of the package ws that the tests use; it comes without types. */
declare module 'ws' {
  export default class WebSocket {
    static readonly OPEN: number;
    readonly readyState: number;
    constructor(url: string, options?: { perMessageDeflate?: boolean });
    on(event: string, listener: (...args: any[]) => void): this;
    once(event: string, listener: (...args: any[]) => void): this;
    send(data: string): void;
    close(): void;
  }
}
