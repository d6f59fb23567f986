#ifndef HAWSER_CACHE_CACHE_H_
#define HAWSER_CACHE_CACHE_H_

#include <vector>

#include "cache/entry.h"
#include "cache/stats.h"

namespace hawser::cache {

// What the caller is to do after a lookup.
enum class Outcome : std::int32_t {
  kMiss = 0,       // Begin() a load and wait for it.
  kFresh = 1,      // Use the value.
  kStale = 2,      // Use the value; it is old, but nothing else is to be done now.
  kRefresh = 3,    // Use the value, and Begin() a load in the background.
  kJoin = 4,       // Join() the load joinable().
  kFailed = 5,     // Report the remembered failure.
};

// What becomes of those who waited for a load that failed.
enum class Failure : std::int32_t {
  kReport = 0,     // They get the failure. It is not remembered.
  kRemember = 1,   // They get the failure, and so does who asks before errorTtl has passed.
  kServeStale = 2, // They get the old value.
};

// Every decision of the cache: what is fresh, who loads, what is stored, what goes. It holds no keys and no
// values, only their slots; the caller maps keys to slots and keeps what belongs to them.
//
// The caller hands in the time of its clock, in milliseconds. Every operation that is given the time also frees
// what has expired, up to a bound, so that memory comes back without timers. All operations are O(1), amortised
// over the entries that were stored; steps() lets a test see that.
//
// After any operation the caller takes NextReleased() and NextUnusedTag() until both are empty, before it calls
// anything else. An index that names nothing is answered as if it had ended long ago; nothing here can be
// called wrongly enough to corrupt memory.
class Cache {
 public:
  // `max_bytes` bounds the bytes charged for all values together.
  explicit Cache(double max_bytes) : max_bytes_(max_bytes > 0 ? max_bytes : 0) {}

  // A new space. `max_entries` 0 and `max_bytes` infinity mean no bound of its own.
  Index AddSpace(std::int32_t max_entries, double max_bytes);

  // Clears the space and forgets it. Loads under way still reach those who wait.
  void CloseSpace(Index space);

  // A slot for a key that has none. The caller must Begin() a load for it next.
  Index AddEntry(Index space);

  // Whether the value is fresh, which is all that most calls want to know. If so it becomes the most recently
  // used one and counts as a hit; otherwise nothing changes and a Lookup() follows.
  bool Hit(Index slot, Ms now, Ms ttl);

  // What to do about a key whose slot is known. `ttl` and `stale_while_revalidate` are what this reader
  // accepts; a hit makes the entry the most recently used one.
  Outcome Lookup(Index slot, Ms now, Ms ttl, Ms stale_while_revalidate, Scope scope);

  // The load that the last Lookup() meant by kJoin.
  FlightId joinable() const { return joinable_; }

  // Collects a tag for the Begin() or Settle() that follows.
  void StageTag(Index tag) { tags_.Stage(tag); }
  Index AddTag() { return tags_.New(); }

  // A load of the entry begins, with the staged tags; one caller waits for it unless it runs in the background.
  // `late_tags`: its tags are staged before Settle(). kNone when too many loads are under way.
  FlightId Begin(Index slot, Ms now, Scope scope, bool background, bool late_tags);

  // One more waits for the load.
  void Join(FlightId flight);

  // One of them waits no longer. Whether the load is still wanted; if not, it has ended, as by Abandon().
  bool Leave(FlightId flight);

  // The load brought a value of `bytes` bytes, stored at `stored_at` (`now`, unless it comes from a storage).
  // Returns the slot that holds it now, or kNone when it is not to be kept: it was invalidated meanwhile, a
  // later load was quicker, it is larger than its bounds, or its time is over already.
  Index Settle(FlightId flight, Ms now, Ms stored_at, const Policy& policy, double shorten, double bytes);

  // The load failed.
  Failure Fail(FlightId flight, Ms now, Ms error_ttl);

  // The load ended without a result.
  void Abandon(FlightId flight);

  // The value was found unfit, or a key was named. Soft: it stays usable as a stale one. In both cases loads
  // that began before are not stored and not joined.
  void InvalidateEntry(Index slot, bool hard, Ms now);
  void InvalidateTag(Index tag, bool hard, Ms now);  // kNone for a tag that nothing carries.
  void InvalidateSpace(Index space, Ms now);         // Soft.
  void ClearSpace(Index space);

  // A slot whose value the caller must let go of, or kNone; why, and whether the slot itself is free now, so
  // that the key must be forgotten too, say the other two.
  Index NextReleased();
  Reason released_reason() const { return released_reason_; }
  bool released_slot() const { return released_slot_; }
  bool has_released() const { return !released_.empty(); }

  // A tag whose name the caller must forget, or kNone.
  Index NextUnusedTag() { return tags_.NextUnused(); }

  // Frees what has expired at `now`.
  void Sweep(Ms now);

  const Stats& stats() const { return stats_; }
  std::int32_t flights() const { return flights_.count(); }
  double space_bytes(Index space) const { return valid_space(space) ? spaces_[space].bytes : 0; }
  std::int32_t space_count(Index space) const { return valid_space(space) ? spaces_[space].count : 0; }
  // Elements looked at in loops since the start.
  double steps() const { return static_cast<double>(steps_ + tags_.steps()); }

 private:
  bool valid(Index slot) const { return slot >= 0 && slot < entries_.size() && entries_[slot].taken; }
  bool valid_space(Index space) const { return space >= 0 && space < spaces_.size() && spaces_[space].open; }
  bool Gone(const Entry& entry) const;
  bool SoftSince(const Entry& entry, Sequence since) const;
  bool Fenced(const Flight& flight) const;
  bool Cooling(const Entry& entry, Ms now) const;
  Index FindFlight(Index slot, Ms now, Scope scope, bool any_scope);
  void Touch(Index slot);
  void Detach(Index flight);
  void EndFlight(FlightId id);
  void Charge(Index slot, double bytes);
  void Drop(Index slot, Reason reason);
  void Release(Index slot, Reason reason);
  void MakeRoom(Index space);
  void SweepInvalid(int budget);

  Slots<Entry> entries_;
  Slots<Space> spaces_;
  Flights flights_;
  Tags tags_;
  Wheel<Entry, &Entry::expiry> wheel_;
  CacheList values_;
  std::vector<Index> released_;
  Stats stats_;
  double max_bytes_;
  Sequence sequence_ = 0;
  Sequence last_invalidation_ = 0;
  Index hand_ = 0;      // Where the search for invalidated entries goes on,
  Index unchecked_ = 0; // and how many slots it has yet to see.
  FlightId joinable_ = kNone;
  Reason released_reason_ = Reason::kNothing;
  bool released_slot_ = false;
  std::uint64_t steps_ = 0;
};

}  // namespace hawser::cache

#endif  // HAWSER_CACHE_CACHE_H_
