/**
 * The data sets of the demo: how each is loaded into its connection, and what is asked of it.
 * Shared by the quickstart in the terminal and the page in the browser.
 *
 * Movies and flights are files of the npm package vega-datasets.
 */

/** @typedef {import('../js/index.js').SqlConnection} SqlConnection */

/**
 * @typedef {object} DataSet
 * @property {string} title
 * @property {string} connection Its name in secrets.toml.
 * @property {string} source Where the rows come from.
 * @property {(conn: SqlConnection, read: (file: string) => Promise<string>) => Promise<number>} load Creates and fills
 *   its tables; `read` gives the text of a file of vega-datasets. Resolves to the number of rows.
 * @property {string} sql A question.
 * @property {Record<string, unknown>} params Its named parameters.
 */

/** @type {Record<'pets' | 'movies' | 'flights', DataSet>} */
export const DATA_SETS = {
  pets: {
    title: 'Pets',
    connection: 'pets_db',
    source: 'made up, in a transaction',
    load: loadPets,
    sql: `select person, pet, age
from pet_owners
where age >= :age
order by person`,
    params: { age: 2 },
  },
  movies: {
    title: 'Movies',
    connection: 'movies_db',
    source: 'vega-datasets, movies.json',
    load: loadMovies,
    sql: `select title, director, substr(released, -4) as year, rating, votes
from movies
where genre = :genre and votes >= :votes
order by rating desc, votes desc
limit 8`,
    params: { genre: 'Adventure', votes: 100000 },
  },
  flights: {
    title: 'Flights',
    connection: 'flights_db',
    source: 'vega-datasets, flights-20k.json and flights-airport.csv',
    load: loadFlights,
    sql: `select origin, destination, routes.flights as per_year,
  count(*) as sampled, round(avg(delay), 1) as mean_delay, max(delay) as worst_delay
from routes join flights using (origin, destination)
where distance >= :miles
group by origin, destination
order by per_year desc
limit 8`,
    params: { miles: 1000 },
  },
};

/** @type {DataSet['load']} */
async function loadPets(conn) {
  return conn.transaction(async (tx) => {
    await tx.execute('create table pet_owners (person text not null, pet text not null, age integer)');
    const owners = [
      { person: 'Mary', pet: 'dog', age: 4 },
      { person: 'John', pet: 'cat', age: 2 },
      { person: 'Robert', pet: 'bird', age: 1 },
      { person: 'Ingrid', pet: 'cat', age: 11 },
      { person: 'Zoë', pet: 'tortoise', age: 63 },
    ];
    for (const params of owners) await tx.execute('insert into pet_owners values (:person, :pet, :age)', { params });
    return owners.length;
  });
}

/** @type {DataSet['load']} Rows given as objects: their keys are the names of the parameters. */
async function loadMovies(conn, read) {
  const movies = JSON.parse(await read('movies.json'));
  await conn.execute('create table movies (title, director, genre, released, gross int, rating real, votes int)');
  await conn.executeMany(
    'insert into movies values (:title, :director, :genre, :released, :gross, :rating, :votes)',
    movies.map((/** @type {Record<string, unknown>} */ movie) => ({
      title: movie['Title'],
      director: movie['Director'],
      genre: movie['Major Genre'],
      released: movie['Release Date'],
      gross: movie['Worldwide Gross'],
      rating: movie['IMDB Rating'],
      votes: movie['IMDB Votes'],
    })),
  );
  return movies.length;
}

/** @type {DataSet['load']} Rows as they come out of JSON, and a CSV file column by column. */
async function loadFlights(conn, read) {
  const flights = JSON.parse(await read('flights-20k.json'));
  await conn.execute('create table flights (date text, delay integer, distance integer, origin text, destination text)');
  await conn.executeMany('insert into flights values (:date, :delay, :distance, :origin, :destination)', flights);

  const [, ...lines] = (await read('flights-airport.csv')).trimEnd().split('\n');
  const routes = lines.map((line) => line.split(','));
  await conn.execute('create table routes (origin text, destination text, flights integer)');
  await conn.executeMany('insert into routes values (:origin, :destination, :flights)', {
    origin: routes.map((route) => route[0]),
    destination: routes.map((route) => route[1]),
    flights: routes.map((route) => Number(route[2])),
  });
  return flights.length + routes.length;
}
