/**
 * GraphQL against GraphQL Yoga: data, errors that come with 200, partial data, mutations, caching.
 */
import { createServer } from 'node:http';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createSchema, createYoga } from 'graphql-yoga';
import { operationType } from '../../js/http/graphql.js';
import { connectTo, failureOf, serveFaults } from './http-helpers.js';

/** @type {import('node:http').Server} */
let server;
/** @type {string} */
let url;
let pets = ['Rex'];
let asked = 0;

beforeAll(async () => {
  const yoga = createYoga({
    logging: false,
    maskedErrors: false,
    schema: createSchema({
      typeDefs: `
        type Query { pets(prefix: String = ""): [String!]! asked: Int! broken: String whole: String! }
        type Mutation { add(name: String!): [String!]! }
      `,
      resolvers: {
        Query: {
          pets: (_, { prefix }) => pets.filter((name) => name.startsWith(prefix)),
          asked: () => ++asked,
          broken: () => {
            throw new Error('the field is broken');
          },
          whole: () => null,
        },
        Mutation: { add: (_, { name }) => (pets = [...pets, name]) },
      },
    }),
  });
  server = createServer(yoga);
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  url = `http://127.0.0.1:${/** @type {any} */ (server.address()).port}/graphql`;
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

test('a query gives its data, frozen, from the cache when it can', async () => {
  const { conn } = await connectTo({ url });
  const document = 'query Pets($prefix: String) { pets(prefix: $prefix) }';
  const data = await conn.query(document, { variables: { prefix: 'R' }, operationName: 'Pets', ttl: '1m' });
  expect(data).toEqual({ pets: ['Rex'] });
  expect(Object.isFrozen(data.pets)).toBe(true);
  expect(await conn.query(document, { variables: { prefix: 'R' }, operationName: 'Pets', ttl: '1m' })).toBe(data);
  expect(await conn.query(document, { variables: { prefix: 'X' }, ttl: '1m' })).toEqual({ pets: [] });
  expect(await conn.query({ loc: { source: { body: '{ pets }' } } })).toEqual({ pets: ['Rex'] });
});

test('mutations are run each time, and what was cached is forgotten', async () => {
  const { conn } = await connectTo({ url });
  const first = await conn.query('{ asked }');
  expect(await conn.query('{ asked }')).toBe(first);
  const add = 'mutation Add($name: String!) { add(name: $name) }';
  expect((await conn.query(add, { variables: { name: 'Tom' } })).add).toContain('Tom');
  expect((await conn.query(add, { variables: { name: 'Tom' } })).add.filter((/** @type {string} */ name) => name === 'Tom')).toHaveLength(2);
  const second = await conn.query('{ asked }');
  expect(second.asked).toBe(first.asked + 1);
  await conn.query(add, { variables: { name: 'Kim' }, invalidates: false });
  expect(await conn.query('{ asked }')).toBe(second);
});

test('errors with status 200 are errors, with the data that came nevertheless', async () => {
  const { conn } = await connectTo({ url });
  const error = await failureOf(conn.query('{ pets broken }'));
  expect(error).toMatchObject({ code: 'ERR_QUERY', status: 200, connection: 'api', phase: 'query', data: { broken: null } });
  expect(error.errors[0]).toMatchObject({ message: 'the field is broken', path: ['broken'] });
  expect(error.data.pets).toContain('Rex');
  expect(error.message).toMatch(/the field is broken \(at broken\).*data/);
});

test('what the server refuses is ERR_QUERY with its errors, whatever the status', async () => {
  const { conn } = await connectTo({ url });
  const invalid = await failureOf(conn.query('{ nothing }'));
  expect(invalid).toMatchObject({ code: 'ERR_QUERY', status: 400, attempts: 1 });
  expect(invalid.errors[0].message).toMatch(/nothing/);
  expect(await failureOf(conn.query('{ pets '))).toMatchObject({ code: 'ERR_QUERY', status: 400 });
  expect(await failureOf(conn.query('{ whole }'))).toMatchObject({ code: 'ERR_QUERY', data: null });
  expect(await failureOf(conn.query('mutation { nothing }'))).toMatchObject({ code: 'ERR_QUERY', status: 400 });
  expect(await failureOf(conn.query('subscription { x }'))).toMatchObject({ code: 'ERR_NOT_SUPPORTED' });
});

test('queries are sent again although they are POSTs, mutations are not; what is no GraphQL is said', async () => {
  const faults = await serveFaults({ '/partial': (_, response) => response.writeHead(500, { 'content-type': 'application/graphql-response+json' }).end('{"errors":[{"message":"inside"}]}') });
  const { conn } = await connectTo(faults);
  expect(await failureOf(conn.query('{ a }', { path: '503' }))).toMatchObject({ code: 'ERR_HTTP_STATUS', status: 503, attempts: 3 });
  expect(await failureOf(conn.query('mutation { a }', { path: '503' }))).toMatchObject({ attempts: 1 });
  expect(await failureOf(conn.query('{ a }', { path: 'echo' }))).toMatchObject({ code: 'ERR_FORMAT' });
  expect(await failureOf(conn.query('{ a }', { path: 'partial', retry: false }))).toMatchObject({ code: 'ERR_QUERY', status: 500, errors: [{ message: 'inside' }] });
  expect(await failureOf(conn.query('{ a }', { path: '401' }))).toMatchObject({ code: 'ERR_AUTH' });
  const request = /** @type {any} */ (faults.seen.find(({ path }) => path === '/echo'));
  expect(request).toMatchObject({ method: 'POST', body: '{"query":"{ a }"}', headers: { accept: 'application/graphql-response+json, application/json;q=0.9' } });
});

test.each(/** @type {[string, string | undefined, string][]} */ ([
  ['{ a }', undefined, 'query'],
  ['query A { a } mutation B { b }', 'A', 'query'],
  ['query A { a } mutation B { b }', 'B', 'mutation'],
  ['query A { a } mutation B { b }', undefined, 'mutation'],
  ['# mutation\nquery Q($a: Int = 1) @dir(x: {y: 1}) { mutation }', undefined, 'query'],
  ['fragment mutation on T { x } query { ...mutation }', undefined, 'query'],
  ['query mutation { a(s: """ } mutation { """, t: "} mutation {") }', undefined, 'query'],
  ['mutation query { a }', undefined, 'mutation'],
  ['subscription { a }', undefined, 'subscription'],
]))('%j (%s) is a %s', (document, name, type) => {
  expect(operationType(document, name)).toBe(type);
});
