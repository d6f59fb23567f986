#ifndef HAWSER_CACHE_WHEEL_H_
#define HAWSER_CACHE_WHEEL_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "cache/lru.h"
#include "cache/policy.h"
#include "cache/slots.h"

namespace hawser::cache {

// What a record needs to be in the wheel.
struct WheelHook {
  Links links;
  std::int16_t bucket = -1;  // -1: not in the wheel.
  Ms deadline = kForever;
};

// A hierarchical timing wheel: eight rings of 64 buckets, one millisecond the finest. A record falls due at its
// deadline rounded up to a millisecond. Adding and removing are O(1); a record moves to a finer ring at most
// seven times before it falls due, so the whole costs O(1) for each record added, however many there are.
// A heap would cost O(log n), a scan O(n).
template <typename T, WheelHook T::* hook>
class Wheel {
 public:
  // REQUIRES: the record is not in the wheel. An infinite deadline is not added.
  void Add(Slots<T>& pool, Index index, Ms deadline) {
    if (deadline == kForever) return;
    WheelHook& own = pool[index].*hook;
    own.deadline = deadline;
    Place(pool, index, Tick(deadline, true));
  }

  // Does nothing when the record is not in the wheel.
  void Remove(Slots<T>& pool, Index index) {
    WheelHook& own = pool[index].*hook;
    if (own.bucket < 0) return;
    Unlink(pool, index);
    own = WheelHook{};
  }

  // Something may fall due at this time; nothing does before.
  Ms next_due() const { return next_due_; }

  // Takes out a record that is due at `now`, or kNone. Spends at most `*budget` steps, which it counts down:
  // kNone with a budget of 0 means that there may be more. A clock that went back by more than a second makes
  // the wheel start over.
  Index PopDue(Slots<T>& pool, Ms now, int* budget) {
    const std::int64_t tick = Tick(now, false);
    if (tick + 1000 < current_) Rebuild(pool, tick);
    while (*budget > 0) {
      int level = 0;
      std::int64_t start = 0;
      if (!Next(&level, &start)) {
        if (tick > current_) current_ = tick;
        next_due_ = kForever;
        return kNone;
      }
      if (start > tick) {
        if (tick > current_) current_ = tick;
        next_due_ = static_cast<Ms>(start);
        return kNone;
      }
      if (start > current_) current_ = start;
      const int bucket = level * kBuckets + static_cast<int>(start >> (level * kBits) & (kBuckets - 1));
      const Index index = heads_[static_cast<std::size_t>(bucket)];
      --*budget;
      Unlink(pool, index);
      const std::int64_t due = Tick((pool[index].*hook).deadline, true);
      if (due <= tick) {
        pool[index].*hook = WheelHook{};
        return index;
      }
      Place(pool, index, due);
    }
    return kNone;
  }

 private:
  static constexpr int kBits = 6;
  static constexpr int kBuckets = 1 << kBits;
  static constexpr int kLevels = 8;
  static constexpr std::int64_t kLast = (std::int64_t{1} << (kBits * kLevels)) - 1;

  // Milliseconds as an integer in [0, kLast].
  static std::int64_t Tick(Ms time, bool up) {
    if (!(time > 0)) return 0;
    if (!(time < static_cast<Ms>(kLast))) return kLast;
    const std::int64_t tick = static_cast<std::int64_t>(time);
    return up && static_cast<Ms>(tick) < time ? tick + 1 : tick;
  }

  void Place(Slots<T>& pool, Index index, std::int64_t due) {
    if (due <= current_) due = current_ < kLast ? current_ + 1 : kLast;
    int level = 0;
    while (level < kLevels - 1 && (due ^ current_) >> ((level + 1) * kBits) != 0) ++level;
    const int position = static_cast<int>(due >> (level * kBits) & (kBuckets - 1));
    const auto bucket = static_cast<std::size_t>(level * kBuckets + position);
    WheelHook& own = pool[index].*hook;
    own.bucket = static_cast<std::int16_t>(bucket);
    own.links = {kNone, heads_[bucket]};
    if (heads_[bucket] != kNone) (pool[heads_[bucket]].*hook).links.prev = index;
    heads_[bucket] = index;
    occupied_[static_cast<std::size_t>(level)] |= std::uint64_t{1} << position;
    const Ms start = static_cast<Ms>(due >> (level * kBits) << (level * kBits));
    if (start < next_due_) next_due_ = start;
  }

  void Unlink(Slots<T>& pool, Index index) {
    WheelHook& own = pool[index].*hook;
    const auto bucket = static_cast<std::size_t>(own.bucket);
    if (own.links.next != kNone) (pool[own.links.next].*hook).links.prev = own.links.prev;
    if (own.links.prev != kNone) {
      (pool[own.links.prev].*hook).links.next = own.links.next;
    } else {
      heads_[bucket] = own.links.next;
      if (heads_[bucket] == kNone) {
        occupied_[bucket / kBuckets] &= ~(std::uint64_t{1} << bucket % kBuckets);
      }
    }
    own.bucket = -1;
  }

  // The first occupied bucket in order of time, and when it starts. All rings are asked: a bucket that was only
  // partly handed down to finer rings still comes before what these hold.
  bool Next(int* level, std::int64_t* start) const {
    bool found = false;
    for (int ring = 0; ring < kLevels; ++ring) {
      const std::uint64_t bits = occupied_[static_cast<std::size_t>(ring)];
      if (bits == 0) continue;
      const int shift = ring * kBits;
      const std::int64_t position = __builtin_ctzll(bits);
      const std::int64_t begin = (current_ >> (shift + kBits) << (shift + kBits)) + (position << shift);
      if (found && begin >= *start) continue;
      found = true;
      *level = ring;
      *start = begin;
    }
    return found;
  }

  void Rebuild(Slots<T>& pool, std::int64_t tick) {
    Index all = kNone;
    for (Index& head : heads_) {
      while (head != kNone) {
        const Index index = head;
        head = (pool[index].*hook).links.next;
        (pool[index].*hook).links.next = all;
        all = index;
      }
    }
    occupied_ = {};
    current_ = tick;
    next_due_ = kForever;
    while (all != kNone) {
      const Index index = all;
      all = (pool[index].*hook).links.next;
      Place(pool, index, Tick((pool[index].*hook).deadline, true));
    }
  }

  static constexpr std::array<Index, kLevels * kBuckets> Empty() {
    std::array<Index, kLevels * kBuckets> heads{};
    heads.fill(kNone);
    return heads;
  }

  std::array<Index, kLevels * kBuckets> heads_ = Empty();
  std::array<std::uint64_t, kLevels> occupied_{};
  std::int64_t current_ = 0;
  Ms next_due_ = kForever;
};

}  // namespace hawser::cache

#endif  // HAWSER_CACHE_WHEEL_H_
