// O(1): what an operation costs, counted in list elements looked at, must not grow with the number of entries.
#include <gtest/gtest.h>

#include <vector>

#include "cache/cache.h"

namespace hawser::cache {
namespace {

constexpr Ms kNow = 1'700'000'000'000;

class Filled {
 public:
  explicit Filled(int entries) : cache(1'000.0 * entries), space(cache.AddSpace(0, kForever)), tag(cache.AddTag()) {
    for (int i = 0; i < entries; ++i) Insert(kNow + i % 1'000);
  }
  // Everything has the tag, a ttl of its own and 1,000 bytes, so that the budget holds as many as were inserted first.
  Index Insert(Ms now) {
    const Index slot = cache.AddEntry(space);
    cache.StageTag(tag);
    const FlightId flight = cache.Begin(slot, now, kEverybody, false, false);
    const double ttl = 60'000 + 7.0 * (inserted++ % 1'000'003);
    EXPECT_EQ(cache.Settle(flight, now, now, {ttl, 0, 0}, 0, 1'000), slot);
    Drain();
    return slot;
  }
  void Drain() {
    while (cache.NextReleased() != kNone) {}
    while (cache.NextUnusedTag() != kNone) {}
  }
  // Steps of `operation`, on average over `times`.
  template <typename Operation>
  double Steps(int times, Operation operation) {
    const double before = cache.steps();
    for (int i = 0; i < times; ++i) operation(i);
    return (cache.steps() - before) / times;
  }

  Cache cache;
  Index space, tag;
  int inserted = 0;
};

class Scale : public ::testing::TestWithParam<int> {};

TEST_P(Scale, HitInsertEvictExpireAndInvalidateCostTheSame) {
  const int entries = GetParam();
  Filled filled(entries);
  ASSERT_EQ(filled.cache.stats().entries, entries);

  // A hit looks at its tag.
  EXPECT_LE(filled.Steps(1'000, [&](int i) { EXPECT_TRUE(filled.cache.Hit(i, kNow + 1'000, kForever)); }), 2);
  // An insert evicts one, and moves at most a few entries between the rings of the wheel.
  EXPECT_LE(filled.Steps(1'000, [&](int) { filled.Insert(kNow + 1'000); }), 16);
  EXPECT_EQ(filled.cache.stats().evicted, 1'000);
  EXPECT_EQ(filled.cache.stats().bytes, 1'000.0 * entries);
  // Invalidation is a note, and a bounded look around.
  EXPECT_LE(filled.Steps(10, [&](int) { filled.cache.InvalidateTag(filled.tag, true, kNow + 1'000); }), 4'200);
  filled.Drain();
  // What it left behind is found within two operations for each entry there was.
  const double search = filled.Steps(entries, [&](int) {
    filled.cache.Sweep(kNow + 1'000);
    filled.Drain();
  });
  EXPECT_LE(search, 32);
  EXPECT_EQ(filled.cache.stats().entries, 0);
}

TEST_P(Scale, ExpiryCostsTheSameForEachEntry) {
  const int entries = GetParam();
  Filled filled(entries);
  const double before = filled.cache.steps();
  for (Ms now = kNow; filled.cache.stats().entries > 0; now += 10'000) {
    filled.cache.Sweep(now);
    filled.Drain();
  }
  EXPECT_LE((filled.cache.steps() - before) / entries, 12);  // Eight rings, the tag, the release.
}

INSTANTIATE_TEST_SUITE_P(Entries, Scale, ::testing::Values(1'000, 1'000'000));

}  // namespace
}  // namespace hawser::cache
