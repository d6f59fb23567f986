#ifndef HAWSER_CACHE_POLICY_H_
#define HAWSER_CACHE_POLICY_H_

#include <limits>

namespace hawser::cache {

// A point in time or a span of time, in milliseconds. Times come from the caller's clock; the cache has none.
using Ms = double;
inline constexpr Ms kForever = std::numeric_limits<Ms>::infinity();

// How long a value may be used, counted from the moment it was stored. No member may be NaN or negative.
struct Policy {
  Ms ttl = kForever;                  // Fresh: served as it is.
  Ms stale_while_revalidate = 0;      // After that: served at once, while a refresh runs.
  Ms stale_if_error = 0;              // After ttl: served when a load fails.
  Ms hold = 0;                        // After ttl: kept for a load to ask whether it is still right; served to nobody.
};

// The same as points in time.
struct Window {
  Ms stored_at = 0;
  Ms fresh_until = 0;
  Ms stale_until = 0;
  Ms error_until = 0;
  Ms held_until = 0;

  bool may_be_stale = false;     // Whether there was a window after ttl at all: that of an infinite ttl begins
  bool may_serve_error = false;  // only with an invalidation.
  bool may_be_held = false;

  // When nothing can use the value any more.
  Ms KeepUntil() const {
    const Ms served = stale_until > error_until ? stale_until : error_until;
    return served > held_until ? served : held_until;
  }

  // Whether it is of use when it is not fresh any more.
  bool OutlivesTtl() const { return may_be_stale || may_serve_error || may_be_held; }
};

enum class Freshness { kFresh, kStale, kExpired };

// The window of a value stored at `stored_at`. `shorten`, in [0, 1], is the part taken off the ttl, so that
// values stored together do not all expire together.
Window MakeWindow(const Policy& policy, Ms stored_at, double shorten);

// What a reader who accepts `ttl` and `stale_while_revalidate` may do with a value at `now`. The value is never
// older than both the reader and the one who stored it allow. At exactly ttl it is no longer fresh.
inline Freshness Judge(const Window& window, Ms now, Ms ttl, Ms stale_while_revalidate) {
  const Ms age = now - window.stored_at;
  if (now < window.fresh_until && age < ttl) return Freshness::kFresh;
  if (stale_while_revalidate > 0 && now < window.stale_until && age < ttl + stale_while_revalidate) return Freshness::kStale;
  return Freshness::kExpired;
}

}  // namespace hawser::cache

#endif  // HAWSER_CACHE_POLICY_H_
