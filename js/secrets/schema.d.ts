/**
 * The shape of a project's secrets, for editors. `npx hawser types` writes a file that fills in Hawser.SecretsSchema.
 */
declare global {
  namespace Hawser {
    interface SecretsSchema {}
  }
}

/** Secrets as properties. Keys that are known have their types, all others are any. */
export type SecretsTree = Hawser.SecretsSchema & { readonly [key: string]: any };

/** Names of connections: those that are known are offered, all others are allowed. */
export type ConnectionName = (Hawser.SecretsSchema extends { readonly connections: infer C } ? keyof C & string : never) | (string & {});
