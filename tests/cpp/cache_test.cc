// What the cache decides, one rule at a time. cache_model_test.cc tries all of them together.
#include "cache/cache.h"

#include <gtest/gtest.h>

#include <vector>

namespace hawser::cache {
namespace {

class CacheTest : public ::testing::Test {
 protected:
  struct Released {
    Index slot;
    Reason reason;
    bool free;
    bool operator==(const Released&) const = default;
  };

  Index Store(double bytes = 100, const Policy& policy = {}) {
    const Index slot = cache.AddEntry(space);
    EXPECT_EQ(cache.Settle(cache.Begin(slot, now, kEverybody, false, false), now, now, policy, 0, bytes), slot);
    return slot;
  }
  Outcome Look(Index slot, Ms ttl = kForever, Ms swr = 0, Scope scope = kEverybody) {
    return cache.Lookup(slot, now, ttl, swr, scope);
  }
  std::vector<Released> Drain() {
    std::vector<Released> all;
    for (Index slot = cache.NextReleased(); slot != kNone; slot = cache.NextReleased()) {
      all.push_back({slot, cache.released_reason(), cache.released_slot()});
    }
    return all;
  }

  Cache cache{1'000};
  Ms now = 50'000;
  Index space = cache.AddSpace(0, kForever);
};

TEST_F(CacheTest, ExpiresAtExactlyTtl) {
  const Index slot = Store(100, {10, 0, 0});
  now += 9;
  EXPECT_EQ(Look(slot), Outcome::kFresh);
  now += 1;
  EXPECT_EQ(Look(slot), Outcome::kMiss);
  EXPECT_EQ(Drain(), (std::vector<Released>{{slot, Reason::kExpired, true}}));
}

TEST_F(CacheTest, AHeldValueIsServedToNobodyButStays) {
  const Index slot = Store(100, {10, 0, 0, 100});
  now += 10;
  EXPECT_EQ(Look(slot, kForever, 1'000), Outcome::kMiss);
  EXPECT_EQ(cache.Fail(cache.Begin(slot, now, kEverybody, false, false), now, 0), Failure::kReport);
  EXPECT_TRUE(Drain().empty());
  EXPECT_EQ(cache.stats().bytes, 100);
  // A load that found it to be right stores it anew.
  EXPECT_EQ(cache.Settle(cache.Begin(slot, now, kEverybody, false, false), now, now, {10, 0, 0, 100}, 0, 100), slot);
  EXPECT_EQ(Look(slot), Outcome::kFresh);
  cache.InvalidateEntry(slot, false, now);
  EXPECT_EQ(Look(slot), Outcome::kMiss);
  EXPECT_TRUE(Drain().empty());
  now += 110;
  cache.Sweep(now);
  EXPECT_EQ(Drain(), (std::vector<Released>{{slot, Reason::kExpired, true}}));
}

TEST_F(CacheTest, OneLeadsTheRefreshOfAStaleValue) {
  const Index slot = Store(100, {10, 100, 0});
  now += 10;
  EXPECT_EQ(Look(slot, kForever, 0), Outcome::kMiss);  // This reader does not want a stale one.
  EXPECT_EQ(Look(slot, kForever, 100), Outcome::kRefresh);
  const FlightId refresh = cache.Begin(slot, now, kEverybody, true, false);
  EXPECT_EQ(Look(slot, kForever, 100), Outcome::kStale);
  EXPECT_EQ(Look(slot, kForever, 0), Outcome::kJoin);
  EXPECT_EQ(cache.joinable(), refresh);
}

TEST_F(CacheTest, AnEvictedEntryKeepsItsLoad) {
  const Index slot = Store(600);
  const FlightId refresh = cache.Begin(slot, now, kEverybody, true, false);
  Store(600);
  EXPECT_EQ(Drain(), (std::vector<Released>{{slot, Reason::kEvicted, false}}));
  EXPECT_EQ(Look(slot), Outcome::kJoin);
  EXPECT_EQ(cache.Settle(refresh, now, now, {}, 0, 100), slot);
  EXPECT_EQ(Look(slot), Outcome::kFresh);
}

TEST_F(CacheTest, ALoadThatBeganEarlierDoesNotReplaceALaterOne) {
  const Index slot = cache.AddEntry(space);
  const FlightId early = cache.Begin(slot, now, 1, false, false);
  const FlightId late = cache.Begin(slot, now, 2, false, false);
  EXPECT_EQ(cache.Settle(late, now, now, {}, 0, 100), slot);
  EXPECT_EQ(cache.Settle(early, now, now, {}, 0, 100), kNone);
  EXPECT_EQ(cache.stats().stored, 1);
}

TEST_F(CacheTest, AValueLargerThanTheBudgetIsNotKeptAndNothingGoesForIt) {
  const Index kept = Store(900);
  const Index slot = cache.AddEntry(space);
  EXPECT_EQ(cache.Settle(cache.Begin(slot, now, kEverybody, false, false), now, now, {}, 0, 1'001), kNone);
  EXPECT_EQ(Drain(), (std::vector<Released>{{slot, Reason::kNothing, true}}));
  EXPECT_EQ(Look(kept), Outcome::kFresh);
}

TEST_F(CacheTest, ALoadOfALostRequestIsNotWaitedForForever) {
  const Index slot = cache.AddEntry(space);
  cache.Begin(slot, now, 7, false, false);
  EXPECT_EQ(Look(slot, kForever, 0, 7), Outcome::kJoin);
  EXPECT_EQ(Look(slot, kForever, 0, 8), Outcome::kMiss);
  now += 61'000;
  EXPECT_EQ(Look(slot, kForever, 0, 7), Outcome::kMiss);
}

TEST_F(CacheTest, ClosingASpaceFreesItWhenItsLastLoadHasEnded) {
  const Index other = cache.AddSpace(0, kForever);
  const Index slot = cache.AddEntry(other);
  const FlightId flight = cache.Begin(slot, now, kEverybody, false, false);
  cache.CloseSpace(other);
  cache.CloseSpace(other);
  EXPECT_EQ(cache.AddEntry(other), kNone);
  EXPECT_NE(cache.AddSpace(0, kForever), other);
  EXPECT_EQ(cache.Settle(flight, now, now, {}, 0, 100), kNone);
  EXPECT_EQ(Drain(), (std::vector<Released>{{slot, Reason::kNothing, true}}));
  EXPECT_EQ(cache.AddSpace(0, kForever), other);
}

TEST_F(CacheTest, FailuresAreRememberedOnlyForErrorTtl) {
  const Index slot = cache.AddEntry(space);
  EXPECT_EQ(cache.Fail(cache.Begin(slot, now, kEverybody, false, false), now, 0), Failure::kReport);
  EXPECT_EQ(Drain(), (std::vector<Released>{{slot, Reason::kNothing, true}}));
  const Index again = cache.AddEntry(space);
  EXPECT_EQ(cache.Fail(cache.Begin(again, now, kEverybody, false, false), now, 5), Failure::kRemember);
  EXPECT_EQ(Look(again), Outcome::kFailed);
  now += 5;
  EXPECT_EQ(Look(again), Outcome::kMiss);
}

TEST_F(CacheTest, ARefreshThatFailedIsNotTriedAgainWithinErrorTtl) {
  const Index slot = Store(100, {10, 1'000, 0});
  now += 10;
  EXPECT_EQ(Look(slot, kForever, 1'000), Outcome::kRefresh);
  cache.Fail(cache.Begin(slot, now, kEverybody, true, false), now, 20);
  EXPECT_EQ(Look(slot, kForever, 1'000), Outcome::kStale);
  now += 20;
  EXPECT_EQ(Look(slot, kForever, 1'000), Outcome::kRefresh);
  cache.Fail(cache.Begin(slot, now, kEverybody, true, false), now, 20);
  cache.InvalidateEntry(slot, false, now);  // Somebody says that it has changed: worth trying at once.
  EXPECT_EQ(Look(slot, kForever, 1'000), Outcome::kRefresh);
}

TEST_F(CacheTest, BytesThatAreNoNumberAreNotStored) {
  const Index slot = cache.AddEntry(space);
  const FlightId flight = cache.Begin(slot, now, kEverybody, false, false);
  EXPECT_EQ(cache.Settle(flight, now, now, {}, 0, std::numeric_limits<double>::quiet_NaN()), kNone);
  EXPECT_EQ(cache.stats().bytes, 0);
}

}  // namespace
}  // namespace hawser::cache
