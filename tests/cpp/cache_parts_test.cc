// The small classes of the cache, one by one.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <vector>

#include "cache/flight.h"
#include "cache/lru.h"
#include "cache/policy.h"
#include "cache/slots.h"
#include "cache/tags.h"
#include "cache/wheel.h"

namespace hawser::cache {
namespace {

struct Record {
  Links links;
  WheelHook hook;
};

TEST(Slots, KeepsAddressesAndReusesIndices) {
  Slots<Record> pool;
  const Index first = pool.Take();
  Record* address = &pool[first];
  for (int i = 0; i < 10'000; ++i) pool.Take();
  EXPECT_EQ(&pool[first], address);
  pool[first].links.next = 5;
  pool.Free(first);
  EXPECT_EQ(pool.Take(), first);
  EXPECT_EQ(pool[first].links.next, kNone);
  EXPECT_EQ(pool.size(), 10'001);
}

TEST(Lru, OrdersByUse) {
  Slots<Record> pool;
  LruList<Record, &Record::links> list;
  EXPECT_TRUE(list.empty());
  for (int i = 0; i < 3; ++i) list.PushFront(pool, pool.Take());
  EXPECT_EQ(list.oldest(), 0);
  list.Touch(pool, 0);
  EXPECT_EQ(list.oldest(), 1);
  EXPECT_EQ(list.newest(), 0);
  list.Touch(pool, 2);
  list.Remove(pool, 0);
  EXPECT_EQ(list.oldest(), 1);
  list.Remove(pool, 1);
  list.Remove(pool, 2);
  EXPECT_TRUE(list.empty());
}

TEST(Policy, FreshThenStaleThenExpired) {
  const Window window = MakeWindow({100, 50, 200}, 1'000, 0);
  EXPECT_EQ(Judge(window, 1'099, kForever, kForever), Freshness::kFresh);
  EXPECT_EQ(Judge(window, 1'100, kForever, kForever), Freshness::kStale);
  EXPECT_EQ(Judge(window, 1'149, kForever, kForever), Freshness::kStale);
  EXPECT_EQ(Judge(window, 1'150, kForever, kForever), Freshness::kExpired);
  EXPECT_EQ(window.KeepUntil(), 1'300);
}

TEST(Policy, TheReaderMayAskForLessButNotForMore) {
  const Window window = MakeWindow({100, 0, 0}, 1'000, 0);
  EXPECT_EQ(Judge(window, 1'049, 50, 0), Freshness::kFresh);
  EXPECT_EQ(Judge(window, 1'050, 50, 0), Freshness::kExpired);
  EXPECT_EQ(Judge(window, 1'120, 500, 500), Freshness::kExpired);
}

TEST(Policy, JitterShortensAndLeavesForeverAlone) {
  EXPECT_EQ(MakeWindow({100, 0, 0}, 0, 0.25).fresh_until, 75);
  EXPECT_EQ(MakeWindow({kForever, 0, 0}, 0, 1).fresh_until, kForever);
}

TEST(Tags, ComparesSequences) {
  Tags tags;
  const Index tag = tags.New();
  tags.Stage(tag);
  const TagList list = tags.TakeStaged();
  EXPECT_FALSE(tags.AnySince(list, 1));
  tags.Invalidate(tag, 2, false);
  EXPECT_TRUE(tags.AnySince(list, 1));
  EXPECT_FALSE(tags.HardSince(list, 1));
  tags.Invalidate(tag, 3, true);
  EXPECT_TRUE(tags.HardSince(list, 2));
  EXPECT_FALSE(tags.HardSince(list, 3));
}

TEST(Tags, FreesWhatNobodyHoldsAndStaysCautious) {
  Tags tags;
  const Index tag = tags.New();
  tags.Stage(tag);
  tags.Stage(99);  // Not a tag.
  const TagList list = tags.TakeStaged();
  tags.Invalidate(tag, 7, true);
  EXPECT_EQ(tags.NextUnused(), kNone);
  tags.Release(list);
  EXPECT_EQ(tags.NextUnused(), tag);
  EXPECT_EQ(tags.NextUnused(), kNone);
  tags.Stage(tag);  // Freed.
  EXPECT_EQ(tags.TakeStaged(), kNone);

  const Index again = tags.New();
  tags.Stage(again);
  const TagList late = tags.TakeStaged();
  EXPECT_TRUE(tags.AnySince(late, 6));  // It may be the one that was invalidated at 7.
  EXPECT_FALSE(tags.AnySince(late, 7));
}

TEST(Flights, FindsOnlyWhatHasNotEnded) {
  Flights flights;
  const FlightId id = flights.Begin();
  ASSERT_NE(flights.Find(id), nullptr);
  flights.End(id);
  EXPECT_EQ(flights.Find(id), nullptr);
  const FlightId next = flights.Begin();
  EXPECT_NE(next, id);
  EXPECT_EQ(flights.Find(id), nullptr);
  EXPECT_EQ(flights.Find(-1), nullptr);
  EXPECT_EQ(flights.Find(0x7fffffff), nullptr);
  EXPECT_EQ(flights.count(), 1);
}

using TestWheel = Wheel<Record, &Record::hook>;

TEST(Wheel, FallsDueAtTheDeadlineRoundedUp) {
  Slots<Record> pool;
  TestWheel wheel;
  const Index index = pool.Take();
  wheel.Add(pool, index, 100.5);
  int budget = 100;
  EXPECT_EQ(wheel.PopDue(pool, 100.9, &budget), kNone);
  EXPECT_EQ(wheel.PopDue(pool, 101, &budget), index);
  EXPECT_EQ(wheel.PopDue(pool, 1e9, &budget), kNone);
  EXPECT_EQ(wheel.next_due(), kForever);
}

TEST(Wheel, TakesOddTimes) {
  Slots<Record> pool;
  TestWheel wheel;
  int budget = 1'000;
  for (const Ms deadline : {-5.0, 0.0, 1e300, 9e15, kForever}) {
    const Index index = pool.Take();
    wheel.Add(pool, index, deadline);
    wheel.Remove(pool, index);
    wheel.Add(pool, index, deadline);
  }
  EXPECT_NE(wheel.PopDue(pool, 2, &budget), kNone);
  EXPECT_NE(wheel.PopDue(pool, 2, &budget), kNone);
  EXPECT_EQ(wheel.PopDue(pool, 2, &budget), kNone);
}

TEST(Wheel, StartsOverWhenTheClockGoesBack) {
  Slots<Record> pool;
  TestWheel wheel;
  const Index late = pool.Take(), soon = pool.Take();
  int budget = 1'000;
  wheel.Add(pool, late, 2'000'000);
  EXPECT_EQ(wheel.PopDue(pool, 1'000'000, &budget), kNone);
  EXPECT_EQ(wheel.PopDue(pool, 5'000, &budget), kNone);
  wheel.Add(pool, soon, 6'000);
  EXPECT_EQ(wheel.PopDue(pool, 6'000, &budget), soon);
  EXPECT_EQ(wheel.PopDue(pool, 2'000'000, &budget), late);
}

// Against a sorted list: everything falls due exactly when it should, in batches however small.
TEST(Wheel, AgreesWithASortedList) {
  std::mt19937_64 random(7);
  for (int round = 0; round < 200; ++round) {
    Slots<Record> pool;
    TestWheel wheel;
    std::map<Index, Ms> waiting;
    Ms now = round % 2 ? 1.7e12 : 0;
    for (int step = 0; step < 300; ++step) {
      const Ms span = static_cast<Ms>(std::uint64_t{1} << random() % 40);
      const Index index = pool.Take();
      waiting[index] = now + static_cast<Ms>(random() % 1'000) / 1'000 * span;
      wheel.Add(pool, index, waiting[index]);
      if (random() % 4 == 0) {
        const auto gone = std::next(waiting.begin(), static_cast<long>(random() % waiting.size()));
        wheel.Remove(pool, gone->first);
        waiting.erase(gone);
      }
      now += static_cast<Ms>(random() % (std::uint64_t{1} << random() % 36));
      // No earlier than said, and all of them in the end.
      const bool due = std::any_of(waiting.begin(), waiting.end(), [&](const auto& w) { return std::ceil(w.second) + 1 <= now; });
      if (due) { EXPECT_LE(wheel.next_due(), now); }
      for (;;) {
        int budget = 1 + static_cast<int>(random() % 3);
        const Index popped = wheel.PopDue(pool, now, &budget);
        if (popped == kNone && budget == 0) continue;
        if (popped == kNone) break;
        ASSERT_TRUE(waiting.contains(popped));
        ASSERT_LE(waiting[popped], now);
        waiting.erase(popped);
      }
      // One that was late when it was added falls due a millisecond later at most.
      for (const auto& [left, deadline] : waiting) ASSERT_GT(std::ceil(deadline) + 1, now) << left;
    }
  }
}

}  // namespace
}  // namespace hawser::cache
