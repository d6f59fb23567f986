#ifndef HAWSER_CACHE_STATS_H_
#define HAWSER_CACHE_STATS_H_

namespace hawser::cache {

// Counts since the start, except `entries` and `bytes`, which are what is held now. Doubles, because they
// cross to JavaScript: exact up to 2^53.
struct Stats {
  double hits = 0;
  double stale = 0;
  double misses = 0;
  double joined = 0;
  double stored = 0;
  double failed = 0;
  double evicted = 0;
  double expired = 0;
  double invalidated = 0;
  double entries = 0;
  double bytes = 0;
};

}  // namespace hawser::cache

#endif  // HAWSER_CACHE_STATS_H_
