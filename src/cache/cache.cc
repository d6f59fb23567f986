#include "cache/cache.h"

#include <cmath>
#include <utility>

namespace hawser::cache {
namespace {

// What a remembered failure is charged.
constexpr double kFailureBytes = 256;

// No value is larger: a terabyte.
constexpr double kMostBytes = 1ull << 40;

// A load of a request that took longer than this may have died with its request, and is waited for no more.
constexpr Ms kRequestPatience = 60'000;

// Loads of one key that are looked at for one to join.
constexpr int kSiblings = 8;

}  // namespace

Index Cache::AddSpace(std::int32_t max_entries, double max_bytes) {
  const Index index = spaces_.Take();
  Space& space = spaces_[index];
  space.max_entries = max_entries > 0 ? max_entries : 0;
  space.max_bytes = max_bytes > 0 ? max_bytes : 0;
  space.open = true;
  space.fence = sequence_;
  return index;
}

void Cache::CloseSpace(Index index) {
  if (!valid_space(index)) return;
  ClearSpace(index);
  spaces_[index].open = false;
  if (spaces_[index].slots == 0) spaces_.Free(index);
}

Index Cache::AddEntry(Index space) {
  if (!valid_space(space)) return kNone;
  const Index slot = entries_.Take();
  entries_[slot].taken = true;
  entries_[slot].space = space;
  ++spaces_[space].slots;
  return slot;
}

// Whether the value was invalidated for good.
bool Cache::Gone(const Entry& entry) const {
  return entry.tags != kNone && tags_.HardSince(entry.tags, entry.began);
}

// Whether the load must not be joined, nor its value stored.
bool Cache::Fenced(const Flight& flight) const {
  const Space& space = spaces_[entries_[flight.slot].space];
  return !space.open || space.fence > flight.began || space.soft > flight.began ||
         tags_.AnySince(flight.tags, flight.began);
}

bool Cache::Cooling(const Entry& entry, Ms now) const {
  return now < entry.retry_at && !SoftSince(entry, entry.failed);
}

// The newest load that the caller may wait for. Detaches those that came to be fenced.
Index Cache::FindFlight(Index slot, Ms now, Scope scope, bool any_scope) {
  Index index = entries_[slot].flights.newest();
  for (int i = 0; index != kNone && i < kSiblings; ++i) {
    ++steps_;
    Flight& flight = flights_.pool()[index];
    const Index next = flight.siblings.next;
    const bool unsure = flight.late_tags && last_invalidation_ > flight.began;
    const bool lost = flight.scope != kEverybody && now - flight.begun_at > kRequestPatience;
    if (lost || Fenced(flight)) {
      Detach(index);
    } else if (!unsure && (any_scope || (flight.scope == scope && scope != kNobodyElse))) {
      return index;
    }
    index = next;
  }
  return kNone;
}

Outcome Cache::Lookup(Index slot, Ms now, Ms ttl, Ms stale_while_revalidate, Scope scope) {
  joinable_ = kNone;
  if (Hit(slot, now, ttl)) return Outcome::kFresh;
  if (!valid(slot)) return Outcome::kMiss;
  Entry& entry = entries_[slot];
  if (entry.has_value && Gone(entry)) {
    ++stats_.invalidated;
    Drop(slot, Reason::kInvalidated);
  }
  if (entry.has_value && stale_while_revalidate > 0 && entry.window.may_be_stale &&
      Judge(entry.window, now, ttl, stale_while_revalidate) != Freshness::kExpired) {
    Touch(slot);
    ++stats_.stale;
    const bool loading = FindFlight(slot, now, scope, true) != kNone;
    return loading || Cooling(entry, now) ? Outcome::kStale : Outcome::kRefresh;
  }
  const Index flight = FindFlight(slot, now, scope, false);
  if (flight != kNone) {
    joinable_ = flights_.IdOf(flight);
    return Outcome::kJoin;
  }
  if (entry.has_failure && Cooling(entry, now)) {
    const Window& window = entry.window;
    if (!entry.has_value || !window.may_serve_error || now >= window.error_until) return Outcome::kFailed;
    Touch(slot);
    ++stats_.stale;
    return Outcome::kStale;
  }
  return Outcome::kMiss;
}

FlightId Cache::Begin(Index slot, Ms now, Scope scope, bool background, bool late_tags) {
  const TagList tags = tags_.TakeStaged();
  const FlightId id = valid(slot) ? flights_.Begin() : kNone;
  if (id == kNone) {
    tags_.Release(tags);
    if (valid(slot)) Release(slot, Reason::kNothing);
    return kNone;
  }
  Flight& flight = *flights_.Find(id);
  flight.began = ++sequence_;
  flight.begun_at = now;
  flight.slot = slot;
  flight.scope = scope;
  flight.background = background;
  flight.waiters = background ? 0 : 1;
  flight.late_tags = late_tags;
  flight.tags = tags;
  entries_[slot].flights.PushFront(flights_.pool(), flights_.IndexOf(id));
  if (!background) ++stats_.misses;
  return id;
}

void Cache::Join(FlightId id) {
  Flight* flight = flights_.Find(id);
  if (!flight) return;
  ++flight->waiters;
  ++stats_.joined;
}

bool Cache::Leave(FlightId id) {
  Flight* flight = flights_.Find(id);
  if (!flight) return false;
  if (--flight->waiters > 0 || flight->background) return true;
  Abandon(id);
  return false;
}

// Takes the load out of its entry's list. The entry goes if that was all it had.
void Cache::Detach(Index index) {
  Flight& flight = flights_.pool()[index];
  const Index slot = flight.slot;
  if (slot == kNone) return;
  entries_[slot].flights.Remove(flights_.pool(), index);
  flight.slot = kNone;
  Release(slot, Reason::kNothing);
}

void Cache::EndFlight(FlightId id) {
  Detach(flights_.IndexOf(id));
  tags_.Release(flights_.Find(id)->tags);
  flights_.End(id);
}

void Cache::Abandon(FlightId id) {
  if (flights_.Find(id)) EndFlight(id);
}

Index Cache::Settle(FlightId id, Ms now, Ms stored_at, const Policy& policy, double shorten, double bytes) {
  Sweep(now);
  TagList late = tags_.TakeStaged();
  Flight* flight = flights_.Find(id);
  if (!flight) {
    tags_.Release(late);
    return kNone;
  }
  if (flight->late_tags) std::swap(flight->tags, late);
  tags_.Release(late);
  const Index slot = flight->slot;
  const Window window = MakeWindow(policy, stored_at, shorten);
  if (slot == kNone || Fenced(*flight) || !(now < window.KeepUntil()) || entries_[slot].began > flight->began) {
    EndFlight(id);
    return kNone;
  }
  Entry& entry = entries_[slot];
  const Index space = entry.space;
  bytes = bytes > 0 ? std::ceil(bytes) : 0 * bytes;  // Whole numbers keep the sums exact. NaN stays NaN.
  if (!(bytes <= max_bytes_ && bytes <= spaces_[space].max_bytes && bytes <= kMostBytes)) {
    if (entry.has_value || entry.has_failure) Drop(slot, Reason::kEvicted);
    EndFlight(id);
    return kNone;
  }
  Charge(slot, bytes);
  tags_.Release(entry.tags);
  entry.tags = flight->tags;
  flight->tags = kNone;
  entry.began = flight->began;
  entry.window = window;
  entry.retry_at = 0;
  entry.has_value = true;
  entry.has_failure = false;
  wheel_.Remove(entries_, slot);
  wheel_.Add(entries_, slot, window.KeepUntil());
  EndFlight(id);
  ++stats_.stored;
  MakeRoom(space);
  return slot;
}

Failure Cache::Fail(FlightId id, Ms now, Ms error_ttl) {
  Sweep(now);
  Flight* flight = flights_.Find(id);
  if (!flight) return Failure::kReport;
  ++stats_.failed;
  const Index slot = flight->slot;
  if (slot == kNone) {
    EndFlight(id);
    return Failure::kReport;
  }
  Entry& entry = entries_[slot];
  if (entry.has_value && Gone(entry)) {
    ++stats_.invalidated;
    Drop(slot, Reason::kInvalidated);
  }
  const bool usable = entry.has_value && entry.window.may_serve_error && now < entry.window.error_until;
  // A later load may have brought a value already.
  const bool outdone = entry.has_value && entry.began > flight->began;
  const bool remember = error_ttl > 0 && !outdone && !Fenced(*flight);
  if (remember) {
    if (!entry.has_value) {
      Charge(slot, kFailureBytes);
      tags_.Release(entry.tags);
      entry.tags = flight->tags;
      flight->tags = kNone;
    }
    entry.has_failure = true;
    entry.retry_at = now + error_ttl;
    entry.failed = flight->began;
    const Ms until = entry.has_value ? entry.window.KeepUntil() : 0;
    wheel_.Remove(entries_, slot);
    wheel_.Add(entries_, slot, until > entry.retry_at ? until : entry.retry_at);
  }
  const Index space = entry.space;
  EndFlight(id);
  if (remember) MakeRoom(space);
  return usable ? Failure::kServeStale : remember ? Failure::kRemember : Failure::kReport;
}

}  // namespace hawser::cache
