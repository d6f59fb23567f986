/**
 * The classes of Hawser's own types, for the type of what connection() gives. Types only.
 */

/**
 * @typedef {object} FirstParty
 * @property {import('./sql.js').SqlConnection} sql
 * @property {import('./http.js').HttpConnection} http
 * @property {import('./gsheets.js').GSheetsConnection} gsheets
 * @property {import('./files.js').FilesConnection} files
 * @property {import('./files.js').FilesConnection} s3
 * @property {import('./files.js').FilesConnection} gcs
 * @property {import('./files.js').FilesConnection} azure
 * @property {import('./files.js').FilesConnection} hf
 */

/**
 * Of a type that is given as a text; of one that is not known here, or none, the other.
 * @template {string} Name
 * @template Other
 * @typedef {Name extends keyof FirstParty ? FirstParty[Name] : Other} ConnectionOf
 */

export {};
