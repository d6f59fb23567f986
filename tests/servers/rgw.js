/**
 * A real S3 server, Ceph's object gateway, in memory: it refuses wrong signatures, has CORS rules, temporary credentials, conditional
 * requests. Google's XML API is the same protocol. Takes about ten seconds to start; three processes, all ended with this one.
 */
import { execFileSync } from 'node:child_process';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { find } from '../../tools/run.js';
import { Exchange } from '../../js/http/exchange.js';
import { Sigv4Signer } from '../../js/http/signers/sigv4.js';
import { childOf, parseXml, textOf } from '../../js/stores/xml.js';
import { have, startProgram } from '../browser/programs.js';

const PROGRAMS = ['ceph-mon', 'ceph-osd', 'radosgw', 'radosgw-admin', 'ceph', 'ceph-conf', 'ceph-authtool', 'monmaptool'];

/** @returns {boolean} */
export const findRgw = () => PROGRAMS.every((program) => find(program) !== undefined);

/**
 * Whether its tests can run. Where it is missing that is said aloud, and under CI=true it is an error.
 * @returns {boolean}
 */
export const haveRgw = () => have(findRgw(), 'the tests with Ceph RGW. Install it (Debian: apt-get install ceph-mon ceph-osd radosgw ceph-common)');

/** Ports that nobody listens on now. @param {number} count @returns {Promise<number[]>} */
async function freePorts(count) {
  const servers = Array.from({ length: count }, () => createServer());
  try {
    return await Promise.all(
      servers.map((server) => new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(/** @type {any} */ (server.address()).port)))),
    );
  } finally {
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  }
}

/** @param {string} folder @param {number[]} ports Of S3, and two of the monitor. */
const configuration = (folder, [s3, monitor, old]) => `[global]
fsid = ${randomUUID()}
mon host = [v2:127.0.0.1:${monitor},v1:127.0.0.1:${old}]
public network = 127.0.0.0/8
cluster network = 127.0.0.0/8
run dir = ${folder}
log file = ${folder}/$name.log
log to stderr = false
admin socket = ${folder}/$name.$pid.asok
keyring = ${folder}/keyring
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 4
osd pool default pgp num = 4
osd crush chooseleaf type = 0
mon allow pool size one = true
ms bind ipv6 = false
auth allow insecure global id reclaim = false
[mon.a]
mon data = ${folder}/mon.a
[osd]
osd objectstore = memstore
osd data = ${folder}/osd.$id
memstore device bytes = 268435456
keyring = ${folder}/osd.$id/keyring
[client.rgw]
rgw frontends = beast endpoint=127.0.0.1:${s3}
rgw enable apis = s3, admin, sts
rgw s3 auth use sts = true
rgw s3 auth order = local, sts
rgw sts key = ${randomBytes(8).toString('hex')}
`;

/** @typedef {{ accessKeyId: string, secretAccessKey: string }} Keys */

/** Who may become the role, and what it may do. */
const TRUST = { Statement: [{ Effect: 'Allow', Principal: { AWS: ['arn:aws:iam:::user/hawser'] }, Action: ['sts:AssumeRole'] }] };
const POLICY = { Statement: [{ Effect: 'Allow', Action: ['s3:*'], Resource: 'arn:aws:s3:::*' }] };
const policy = (/** @type {object} */ document) => JSON.stringify({ Version: '2012-10-17', ...document });

/**
 * @typedef {object} Rgw
 * @property {string} endpoint Without a slash at the end.
 * @property {Keys} keys Of a user who may do everything with buckets of his own; in any region.
 * @property {() => Promise<Keys & { sessionToken: string, expiration: Date }>} temporary Credentials that end, by STS.
 * @property {(name: string) => Promise<string>} addBucket Gives the name.
 * @property {(method: string, path: string, body?: string) => Promise<string>} ask Of S3, e.g. for the settings of a bucket.
 * @property {() => Promise<void>} close
 */

/** @returns {Promise<Rgw>} */
export async function startRgw() {
  const folder = mkdtempSync(join(tmpdir(), 'hawser-rgw-'));
  for (const name of ['mon.a', 'osd.0']) mkdirSync(join(folder, name));
  const ports = await freePorts(3);
  writeFileSync(join(folder, 'ceph.conf'), configuration(folder, ports));
  const run = (/** @type {string} */ program, /** @type {string[]} */ ...args) =>
    execFileSync(program, ['-c', 'ceph.conf', ...args], { cwd: folder, encoding: 'utf8', timeout: 60_000, stdio: ['ignore', 'pipe', 'pipe'] });
  /** @type {import('../browser/programs.js').Program[]} */
  const programs = [];
  const begin = async (/** @type {string} */ program, /** @type {string[]} */ ...args) => {
    programs.push(await startProgram(program, ['-f', '-c', join(folder, 'ceph.conf'), ...args], {}));
  };
  const close = async () => {
    await Promise.all(programs.map((program) => program.end()));
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  };
  try {
    const fsid = run('ceph-conf', '--lookup', 'fsid').trim();
    run('monmaptool', '--create', '--fsid', fsid, '--addv', 'a', `[v2:127.0.0.1:${ports[1]},v1:127.0.0.1:${ports[2]}]`, 'monmap');
    for (const [name, ...caps] of [
      ['mon.', 'mon', 'allow *'],
      ['client.admin', 'mon', 'allow *', 'osd', 'allow *', 'mgr', 'allow *'],
      ['client.rgw', 'mon', 'allow rw', 'osd', 'allow rwx'],
    ]) {
      const flags = caps.flatMap((cap, index) => (index % 2 === 0 ? ['--cap', cap] : [cap]));
      execFileSync('ceph-authtool', [...(name === 'mon.' ? ['-C'] : []), 'keyring', '-g', '-n', name, ...flags], { cwd: folder, stdio: 'ignore' });
    }
    run('ceph-mon', '--mkfs', '-i', 'a', '--monmap', 'monmap', '--keyring', 'keyring');
    await begin('ceph-mon', '-i', 'a');
    const osd = randomUUID();
    const key = execFileSync('ceph-authtool', ['--gen-print-key'], { encoding: 'utf8' }).trim();
    writeFileSync(join(folder, 'osd.json'), JSON.stringify({ cephx_secret: key }));
    run('ceph', 'osd', 'new', osd, '-i', 'osd.json');
    execFileSync('ceph-authtool', ['-C', 'osd.0/keyring', '-n', 'osd.0', '-a', key], { cwd: folder, stdio: 'ignore' });
    run('ceph-osd', '-i', '0', '--mkfs', '--osd-uuid', osd);
    await begin('ceph-osd', '-i', '0');
    await begin('radosgw', '-n', 'client.rgw');
    const endpoint = `http://127.0.0.1:${ports[0]}`;
    const keys = { accessKeyId: `AK${randomBytes(9).toString('hex').toUpperCase()}`, secretAccessKey: randomBytes(30).toString('base64') };
    run('radosgw-admin', 'user', 'create', '--uid=hawser', '--display-name=hawser', `--access-key=${keys.accessKeyId}`, `--secret-key=${keys.secretAccessKey}`);
    run('radosgw-admin', 'role', 'create', '--role-name=reader', `--assume-role-policy-doc=${policy(TRUST)}`);
    run('radosgw-admin', 'role-policy', 'put', '--role-name=reader', '--policy-name=all', `--policy-doc=${policy(POLICY)}`);
    const gone = programs.map((program) => program.ended.then(() => Promise.reject(new Error('a process of Ceph has ended'))));
    const up = async () => {
      while (!(await fetch(endpoint).then((reply) => reply.ok, () => false)));
    };
    await Promise.race([up(), ...gone]);
    for (const end of gone) end.catch(() => {});
    return { endpoint, keys, close, ...callers(endpoint, keys) };
  } catch (error) {
    await close();
    throw error;
  }
}

/** @param {string} endpoint @param {Keys} keys */
function callers(endpoint, keys) {
  const exchange = new Exchange();
  const send = async (/** @type {string} */ service, /** @type {import('../../js/http/exchange.js').ExchangeRequest} */ request) =>
    (await exchange.send(request, { signer: new Sigv4Signer({ credentials: keys, region: 'us-east-1', service }) })).text();
  const ask = (/** @type {string} */ method, /** @type {string} */ path, body = /** @type {string | undefined} */ (undefined)) => {
    const headers = body === undefined ? undefined : { 'content-type': 'application/xml', 'content-md5': createHash('md5').update(body).digest('base64') };
    return send('s3', { method, url: `${endpoint}/${path}`, body, headers });
  };
  return {
    ask,
    async addBucket(/** @type {string} */ name) {
      await ask('PUT', name);
      return name;
    },
    async temporary() {
      const asked = { Action: 'AssumeRole', Version: '2011-06-15', RoleArn: 'arn:aws:iam:::role/reader', RoleSessionName: 'tests', DurationSeconds: '900' };
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      const reply = parseXml(await send('sts', { method: 'POST', url: `${endpoint}/`, headers, body: new URLSearchParams(asked).toString() }));
      const given = childOf(childOf(reply, 'AssumeRoleResult'), 'Credentials');
      const [accessKeyId, secretAccessKey, sessionToken, expires] = ['AccessKeyId', 'SecretAccessKey', 'SessionToken', 'Expiration'].map((name) => textOf(given, name) ?? '');
      return { accessKeyId, secretAccessKey, sessionToken, expiration: new Date(expires) };
    },
  };
}
