// The one path that must be quick: a fresh value. Compiled for speed where all else is compiled for size.
#include "cache/cache.h"

namespace hawser::cache {

// Whether anything about the entry was invalidated after `since`.
bool Cache::SoftSince(const Entry& entry, Sequence since) const {
  if (last_invalidation_ < since) return false;
  return entry.soft > since || spaces_[entry.space].soft > since ||
         (entry.tags != kNone && tags_.AnySince(entry.tags, since));
}

void Cache::Touch(Index slot) {
  values_.Touch(entries_, slot);
  Space& space = spaces_[entries_[slot].space];
  // Where nothing is evicted for the space's sake, the order in its list means nothing.
  if (space.max_entries > 0 || space.max_bytes < kForever) space.values.Touch(entries_, slot);
}

bool Cache::Hit(Index slot, Ms now, Ms ttl) {
  if (unchecked_ > 0 || now >= wheel_.next_due()) Sweep(now);
  if (!valid(slot)) return false;
  const Entry& entry = entries_[slot];
  if (!entry.has_value || Judge(entry.window, now, ttl, 0) != Freshness::kFresh) return false;
  if (SoftSince(entry, entry.began)) return false;
  Touch(slot);
  ++stats_.hits;
  return true;
}

}  // namespace hawser::cache
