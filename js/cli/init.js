/**
 * `hawser init`: a secrets file to start with.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';

const FILE = '.hawser/secrets.toml';

const STARTER = `# Secrets of this project: readable by you only, and not for git. Check them with: npx hawser secrets
#
# Every section of [connections] is a connection by that name: await connection('pets_db')

[connections.pets_db]
url = "sqlite://"

# [connections.api]
# type = "http"
# url = "https://api.example.com/v1"
# auth = { type = "bearer", token = "\${{ API_TOKEN }}" }   # from the environment
`;

/**
 * @param {string[]} paths
 * @param {object} _options
 * @param {import('./main.js').Io} io
 * @returns {number}
 */
export function init(paths, _options, io) {
  if (paths.length > 0) return io.err('hawser init takes no arguments'), 2;
  mkdirSync('.hawser', { recursive: true, mode: 0o700 });
  try {
    writeFileSync(FILE, STARTER, { flag: 'wx', mode: 0o600 });
    io.out(`Wrote ${FILE}, readable by you only.`);
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
    io.out(`${FILE} is there already and stays as it is.`);
  }
  if (ignore()) io.out('Added .hawser/ to .gitignore.');
  return 0;
}

/** @returns {boolean} Whether a line had to be added. */
function ignore() {
  const text = existsSync('.gitignore') ? readFileSync('.gitignore', 'utf8') : '';
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  if (lines.some((line) => /^\/?\.hawser(?:\/|\/\*|\/\*\*|\/secrets\.toml)?$/.test(line))) return false;
  appendFileSync('.gitignore', `${text === '' || text.endsWith('\n') ? '' : '\n'}.hawser/\n`);
  return true;
}
