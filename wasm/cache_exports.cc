// The cache for JavaScript: plain exports that take and return numbers, because a call with a string costs 12 to
// 100 times as much. A cache is named by its address. js/cache/native.js is the only caller; what the
// functions mean is said in src/cache/cache.h.
#include <emscripten.h>

#include "cache/cache.h"

using hawser::cache::Cache;
using hawser::cache::FlightId;
using hawser::cache::Index;
using hawser::cache::Ms;
using hawser::cache::Policy;

namespace {

// Added to an outcome when the caller has slots to let go of, so that a hit costs one call only.
constexpr int kReleasesWait = 16;

int Marked(const Cache* cache, int outcome) { return outcome | (cache->has_released() ? kReleasesWait : 0); }

}  // namespace

extern "C" {

EMSCRIPTEN_KEEPALIVE Cache* cache_new(double max_bytes) { return new Cache(max_bytes); }
EMSCRIPTEN_KEEPALIVE void cache_delete(Cache* cache) { delete cache; }

EMSCRIPTEN_KEEPALIVE Index cache_add_space(Cache* cache, int max_entries, double max_bytes) {
  return cache->AddSpace(max_entries, max_bytes);
}
EMSCRIPTEN_KEEPALIVE void cache_close_space(Cache* cache, Index space) { cache->CloseSpace(space); }
EMSCRIPTEN_KEEPALIVE void cache_clear_space(Cache* cache, Index space) { cache->ClearSpace(space); }
EMSCRIPTEN_KEEPALIVE void cache_invalidate_space(Cache* cache, Index space, Ms now) {
  cache->InvalidateSpace(space, now);
}
EMSCRIPTEN_KEEPALIVE Index cache_add_entry(Cache* cache, Index space) { return cache->AddEntry(space); }
EMSCRIPTEN_KEEPALIVE Index cache_add_tag(Cache* cache) { return cache->AddTag(); }
EMSCRIPTEN_KEEPALIVE void cache_stage_tag(Cache* cache, Index tag) { cache->StageTag(tag); }

EMSCRIPTEN_KEEPALIVE int cache_hit(Cache* cache, Index slot, Ms now, Ms ttl) {
  return Marked(cache, cache->Hit(slot, now, ttl));
}
EMSCRIPTEN_KEEPALIVE int cache_lookup(Cache* cache, Index slot, Ms now, Ms ttl, Ms stale_while_revalidate,
                                      int scope) {
  return Marked(cache, static_cast<int>(cache->Lookup(slot, now, ttl, stale_while_revalidate, scope)));
}
EMSCRIPTEN_KEEPALIVE FlightId cache_joinable(Cache* cache) { return cache->joinable(); }
EMSCRIPTEN_KEEPALIVE FlightId cache_begin(Cache* cache, Index slot, Ms now, int scope, int background,
                                          int late_tags) {
  return cache->Begin(slot, now, scope, background != 0, late_tags != 0);
}
EMSCRIPTEN_KEEPALIVE void cache_join(Cache* cache, FlightId flight) { cache->Join(flight); }
EMSCRIPTEN_KEEPALIVE int cache_leave(Cache* cache, FlightId flight) { return cache->Leave(flight); }
EMSCRIPTEN_KEEPALIVE void cache_abandon(Cache* cache, FlightId flight) { cache->Abandon(flight); }
EMSCRIPTEN_KEEPALIVE Index cache_settle(Cache* cache, FlightId flight, Ms now, Ms stored_at, Ms ttl,
                                        Ms stale_while_revalidate, Ms stale_if_error, Ms hold,
                                        double shorten, double bytes) {
  const Policy policy{ttl, stale_while_revalidate, stale_if_error, hold};
  return cache->Settle(flight, now, stored_at, policy, shorten, bytes);
}
EMSCRIPTEN_KEEPALIVE int cache_fail(Cache* cache, FlightId flight, Ms now, Ms error_ttl) {
  return static_cast<int>(cache->Fail(flight, now, error_ttl));
}

EMSCRIPTEN_KEEPALIVE void cache_invalidate_entry(Cache* cache, Index slot, int hard, Ms now) {
  cache->InvalidateEntry(slot, hard != 0, now);
}
EMSCRIPTEN_KEEPALIVE void cache_invalidate_tag(Cache* cache, Index tag, int hard, Ms now) {
  cache->InvalidateTag(tag, hard != 0, now);
}

EMSCRIPTEN_KEEPALIVE Index cache_next_released(Cache* cache) { return cache->NextReleased(); }
// Of the slot reported last: its Reason, and 8 when the slot itself is free.
EMSCRIPTEN_KEEPALIVE int cache_released_reason(Cache* cache) {
  return static_cast<int>(cache->released_reason()) | (cache->released_slot() ? 8 : 0);
}
EMSCRIPTEN_KEEPALIVE Index cache_next_unused_tag(Cache* cache) { return cache->NextUnusedTag(); }
EMSCRIPTEN_KEEPALIVE void cache_sweep(Cache* cache, Ms now) { cache->Sweep(now); }

// The members of Stats in their order, then the loads under way and the steps.
EMSCRIPTEN_KEEPALIVE double cache_stat(Cache* cache, int index) {
  const auto& s = cache->stats();
  switch (index) {
    case 0: return s.hits;
    case 1: return s.stale;
    case 2: return s.misses;
    case 3: return s.joined;
    case 4: return s.stored;
    case 5: return s.failed;
    case 6: return s.evicted;
    case 7: return s.expired;
    case 8: return s.invalidated;
    case 9: return s.entries;
    case 10: return s.bytes;
    case 11: return cache->flights();
    default: return cache->steps();
  }
}
EMSCRIPTEN_KEEPALIVE double cache_space_bytes(Cache* cache, Index space) { return cache->space_bytes(space); }
EMSCRIPTEN_KEEPALIVE int cache_space_count(Cache* cache, Index space) { return cache->space_count(space); }

}  // extern "C"
