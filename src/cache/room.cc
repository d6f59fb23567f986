// What the cache holds and how it lets go: charges, releases, invalidation, sweeping.
#include "cache/cache.h"

namespace hawser::cache {
namespace {

// Most entries that one call frees because they expired, and most it looks at for having been invalidated.
constexpr int kExpireBudget = 1024;
constexpr int kSearchBudget = 16;
constexpr int kSearchAtOnce = 1024;

}  // namespace

// Books the entry, now the most recently used one, with this many bytes.
void Cache::Charge(Index slot, double bytes) {
  Entry& entry = entries_[slot];
  Space& space = spaces_[entry.space];
  if (entry.has_value || entry.has_failure) {
    Touch(slot);
  } else {
    values_.PushFront(entries_, slot);
    space.values.PushFront(entries_, slot);
    ++space.count;
    ++stats_.entries;
  }
  space.bytes += bytes - entry.bytes;
  stats_.bytes += bytes - entry.bytes;
  entry.bytes = bytes;
}

// Lets go of what the entry holds, value or failure. Its loads go on.
void Cache::Drop(Index slot, Reason reason) {
  Entry& entry = entries_[slot];
  Space& space = spaces_[entry.space];
  values_.Remove(entries_, slot);
  space.values.Remove(entries_, slot);
  wheel_.Remove(entries_, slot);
  --space.count;
  --stats_.entries;
  space.bytes -= entry.bytes;
  stats_.bytes -= entry.bytes;
  entry.bytes = 0;
  tags_.Release(entry.tags);
  entry.tags = kNone;
  entry.retry_at = 0;
  entry.has_failure = false;
  entry.has_value = false;
  if (!entry.released) {
    entry.released = true;
    released_.push_back(slot);
  }
  entry.reason = reason;
}

// Reports the entry if it has nothing left.
void Cache::Release(Index slot, Reason reason) {
  Entry& entry = entries_[slot];
  if (entry.has_value || entry.has_failure || entry.released || !entry.flights.empty()) return;
  entry.released = true;
  entry.reason = reason;
  released_.push_back(slot);
}

Index Cache::NextReleased() {
  if (released_.empty()) return kNone;
  const Index slot = released_.back();
  released_.pop_back();
  Entry& entry = entries_[slot];
  entry.released = false;
  released_reason_ = entry.reason;
  released_slot_ = !entry.has_value && !entry.has_failure && entry.flights.empty();
  if (released_slot_) {
    const Index space = entry.space;
    entry.taken = false;
    entries_.Free(slot);
    if (--spaces_[space].slots == 0 && !spaces_[space].open) spaces_.Free(space);
  }
  return slot;
}

void Cache::MakeRoom(Index index) {
  Space& space = spaces_[index];
  while (stats_.bytes > max_bytes_) {
    ++steps_;
    ++stats_.evicted;
    Drop(values_.oldest(), Reason::kEvicted);
  }
  while ((space.max_entries > 0 && space.count > space.max_entries) || space.bytes > space.max_bytes) {
    ++steps_;
    ++stats_.evicted;
    Drop(space.values.oldest(), Reason::kEvicted);
  }
}

void Cache::Sweep(Ms now) {
  int budget = kExpireBudget;
  for (;;) {
    const Index slot = wheel_.PopDue(entries_, now, &budget);
    if (slot == kNone) break;
    ++stats_.expired;
    Drop(slot, Reason::kExpired);
  }
  steps_ += static_cast<std::uint64_t>(kExpireBudget - budget);
  SweepInvalid(kSearchBudget);
}

// Looks for values that a tag's invalidation left behind, some at a time.
void Cache::SweepInvalid(int budget) {
  for (; unchecked_ > 0 && budget > 0; --unchecked_, --budget) {
    ++steps_;
    if (--hand_ < 0) hand_ = entries_.size() - 1;
    const Entry& entry = entries_[hand_];
    if (!entry.has_value) continue;
    if (entry.window.OutlivesTtl() ? !Gone(entry) : !SoftSince(entry, entry.began)) continue;
    ++stats_.invalidated;
    Drop(hand_, Reason::kInvalidated);
  }
}

void Cache::InvalidateEntry(Index slot, bool hard, Ms now) {
  last_invalidation_ = ++sequence_;
  if (!valid(slot)) return;
  Entry& entry = entries_[slot];
  entry.soft = sequence_;
  const bool useful = entry.has_value && entry.window.OutlivesTtl();
  if ((entry.has_value || entry.has_failure) && (hard || !useful)) {
    ++stats_.invalidated;
    Drop(slot, Reason::kInvalidated);
  }
  while (!entry.flights.empty()) {
    ++steps_;
    Detach(entry.flights.newest());
  }
  Sweep(now);
}

void Cache::InvalidateTag(Index tag, bool hard, Ms now) {
  last_invalidation_ = ++sequence_;
  tags_.Invalidate(tag, sequence_, hard);
  unchecked_ = entries_.size();
  SweepInvalid(kSearchAtOnce);
  Sweep(now);
}

void Cache::InvalidateSpace(Index index, Ms now) {
  if (!valid_space(index)) return;
  last_invalidation_ = ++sequence_;
  spaces_[index].soft = sequence_;
  unchecked_ = entries_.size();
  SweepInvalid(kSearchAtOnce);
  Sweep(now);
}

void Cache::ClearSpace(Index index) {
  if (!valid_space(index)) return;
  last_invalidation_ = ++sequence_;
  Space& space = spaces_[index];
  space.fence = sequence_;
  while (!space.values.empty()) {
    ++steps_;
    ++stats_.invalidated;
    Drop(space.values.oldest(), Reason::kCleared);
  }
}

}  // namespace hawser::cache
