#ifndef HAWSER_CACHE_ENTRY_H_
#define HAWSER_CACHE_ENTRY_H_

#include "cache/flight.h"
#include "cache/lru.h"
#include "cache/policy.h"
#include "cache/tags.h"
#include "cache/wheel.h"

namespace hawser::cache {

// Why the caller must let go of a value.
enum class Reason : std::uint8_t {
  kNothing = 0,      // There was no value: a load ended without leaving one.
  kEvicted = 1,      // The least recently used one made room.
  kExpired = 2,      // Nothing can use it any more.
  kInvalidated = 3,  // By tag or by key.
  kCleared = 4,      // With its whole space.
};

// One key. It exists while it has a value, a remembered failure, or a load under way.
//
// What a hit looks at comes first, to lie in one line of the processor's cache or two.
struct Entry {
  Links in_cache;
  Links in_space;
  TagList tags = kNone;    // Of the value; owned.
  Index space = kNone;
  bool taken = false;
  bool has_value = false;
  bool has_failure = false;
  bool released = false;   // In the queue of releases.
  Reason reason = Reason::kNothing;
  Sequence began = 0;      // Of the load that the value came from.
  Sequence soft = 0;       // Last soft invalidation by key.
  Window window;           // Of the value.
  Ms retry_at = 0;         // No load before, after one failed.
  Sequence failed = 0;     // When that load began.
  double bytes = 0;        // Charged for the value.
  WheelHook expiry;
  LruList<Flight, &Flight::siblings> flights;
};

using SpaceList = LruList<Entry, &Entry::in_space>;
using CacheList = LruList<Entry, &Entry::in_cache>;

// The results of one connection or one cached function.
struct Space {
  // Entries that hold a value or a failure. Most recently used first, if the space has a bound.
  SpaceList values;
  std::int32_t count = 0;      // Of these.
  std::int32_t slots = 0;      // All entries, also those that are only being loaded.
  std::int32_t max_entries = 0;  // 0: unbounded.
  double bytes = 0;
  double max_bytes = kForever;
  Sequence fence = 0;          // Loads begun before must not be stored or joined.
  Sequence soft = 0;           // Values loaded before are stale at best.
  bool open = false;
};

}  // namespace hawser::cache

#endif  // HAWSER_CACHE_ENTRY_H_
