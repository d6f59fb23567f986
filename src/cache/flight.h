#ifndef HAWSER_CACHE_FLIGHT_H_
#define HAWSER_CACHE_FLIGHT_H_

#include "cache/lru.h"
#include "cache/policy.h"
#include "cache/slots.h"
#include "cache/tags.h"

namespace hawser::cache {

// Names a load that is under way. Never reused soon: a late report about an ended load finds nothing.
using FlightId = std::int32_t;

// Who may wait for a load. Where a promise of one request must not be awaited by another, every request has a
// number of its own.
using Scope = std::int32_t;
inline constexpr Scope kEverybody = 0;
inline constexpr Scope kNobodyElse = -1;  // A caller that says nothing about itself can be joined by nobody.

// One load of one entry.
struct Flight {
  Sequence began = 0;
  Ms begun_at = 0;
  Index slot = kNone;  // kNone once detached: its result goes to those who wait, and nowhere else.
  Scope scope = kEverybody;
  std::int32_t waiters = 0;
  bool background = false;   // Wanted although nobody waits.
  bool late_tags = false;    // Its tags are known only when it is done.
  TagList tags = kNone;      // Owned.
  Links siblings;            // In the list of its entry's loads, newest first.
  std::int32_t generation = 0;
  bool live = false;
};

// All loads under way. Adding, finding and ending one is O(1).
class Flights {
 public:
  // A new load, not yet in any entry's list; kNone when a million are under way already.
  FlightId Begin();

  // The load, or nullptr when it has ended.
  Flight* Find(FlightId id);

  // Frees the load. REQUIRES: it is in no list, and its tags were released.
  void End(FlightId id);

  FlightId IdOf(Index index) const;
  static Index IndexOf(FlightId id) { return id & ((1 << kIndexBits) - 1); }
  Slots<Flight>& pool() { return pool_; }
  std::int32_t count() const { return count_; }

 private:
  static constexpr int kIndexBits = 20;
  static constexpr std::int32_t kGenerations = 1 << (31 - kIndexBits);

  Slots<Flight> pool_;
  std::int32_t count_ = 0;
  std::int32_t generation_ = 0;
};

}  // namespace hawser::cache

#endif  // HAWSER_CACHE_FLIGHT_H_
