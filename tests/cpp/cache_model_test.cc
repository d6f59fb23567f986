// Random operations against a naive model, which must agree on every answer and on everything that is held.
#include "cache_model.h"

#include <gtest/gtest.h>

#include <random>

namespace hawser::cache {
namespace {

constexpr int kSpaces = 3;
constexpr int kKeys = 12;
constexpr int kTags = 5;

// Uses a cache as JavaScript does: maps keys to slots and tag names to tags, and lets go when told to.
class Driver {
 public:
  explicit Driver(unsigned seed) : random_(seed), max_bytes_(Pick({2'000.0, 6'000.0, kForever})), cache_(max_bytes_) {
    model_.max_bytes = max_bytes_;
    for (int i = 0; i < kSpaces; ++i) {
      const int entries = Pick({0, 2, 5});
      const double bytes = Pick({1'500.0, 4'000.0, kForever});
      spaces_[i] = cache_.AddSpace(entries, bytes);
      model_.bounds[i] = {entries, bytes};
    }
  }

  void Step() {
    if (Chance(3)) now_ += Pick({1, 2, 10, 100, 1'000, 70'000});
    const Model::Key key{Below(kSpaces), Below(kKeys)};
    switch (Below(12)) {
      case 0: case 1: case 2: case 3: return Look(key);
      case 4: return Load(key);
      case 5: case 6: case 7: return Settle();
      case 8: return Fail();
      case 9: return Leave();
      case 10: return Invalidate(key);
      default: if (Chance(20)) Clear(key.first);
    }
  }

  // What is held must be the same.
  void Compare() {
    ASSERT_EQ(cache_.stats().entries, static_cast<double>(model_.used.size()));
    ASSERT_EQ(cache_.stats().bytes, model_.TotalBytes());
    ASSERT_EQ(slots_.size(), model_.entries.size());
    for (const auto& [key, slot] : slots_) ASSERT_TRUE(model_.entries.contains(key));
    for (int i = 0; i < kSpaces; ++i) ASSERT_EQ(cache_.space_bytes(spaces_[i]), model_.TotalBytes(i));
    ASSERT_EQ(cache_.flights(), static_cast<int>(flights_.size()));
  }

 private:
  struct Running {
    Model::Key key;
    FlightId id;
  };

  int Below(int n) { return static_cast<int>(random_() % static_cast<unsigned>(n)); }
  bool Chance(int n) { return Below(n) == 0; }
  template <typename T>
  T Pick(std::initializer_list<T> values) { return values.begin()[Below(static_cast<int>(values.size()))]; }

  std::set<int> SomeTags() {
    std::set<int> tags;
    for (int i = Below(3); i > 0; --i) tags.insert(Below(kTags));
    return tags;
  }
  void Stage(int space, const std::set<int>& tags) {
    for (const int tag : tags) {
      const auto [it, added] = tags_.try_emplace({space, tag}, kNone);
      if (added) it->second = cache_.AddTag();
      cache_.StageTag(it->second);
    }
  }
  void Drain() {
    for (Index slot = cache_.NextReleased(); slot != kNone; slot = cache_.NextReleased()) {
      if (cache_.released_slot()) std::erase_if(slots_, [&](const auto& item) { return item.second == slot; });
    }
    for (Index tag = cache_.NextUnusedTag(); tag != kNone; tag = cache_.NextUnusedTag()) {
      std::erase_if(tags_, [&](const auto& item) { return item.second == tag; });
    }
  }

  void Look(const Model::Key& key) {
    if (!slots_.contains(key)) {
      model_.Sweep(now_);
      cache_.Sweep(now_);
      return Drain();
    }
    const Ms ttl = Pick({50.0, 5'000.0, kForever});
    const Ms swr = Pick({0.0, 100.0, kForever});
    const Scope scope = Pick({0, 0, 1, 2, -1});
    int join = kNone;
    const Outcome expected = model_.Lookup(key, now_, ttl, swr, scope, &join);
    const Outcome actual = cache_.Lookup(slots_[key], now_, ttl, swr, scope);
    const FlightId joinable = cache_.joinable();
    Drain();
    ASSERT_EQ(static_cast<int>(actual), static_cast<int>(expected));
    ASSERT_EQ(joinable, join);
    if (actual == Outcome::kJoin) {
      cache_.Join(joinable);
      ++model_.Find(key, joinable)->waiters;
    }
    if (actual == Outcome::kMiss || actual == Outcome::kRefresh) Begin(key, actual == Outcome::kRefresh, scope);
  }
  void Load(const Model::Key& key) { Begin(key, Chance(5), Pick({0, 0, 1, -1})); }
  void Begin(const Model::Key& key, bool background, Scope scope) {
    if (model_.entries.contains(key) && model_.entries.at(key).loads.size() >= 6) return;
    if (!slots_.contains(key)) slots_[key] = cache_.AddEntry(spaces_[key.first]);
    const bool late = Chance(4);
    const std::set<int> tags = late ? std::set<int>{} : SomeTags();
    Stage(key.first, tags);
    const FlightId id = cache_.Begin(slots_[key], now_, scope, background, late);
    Drain();
    ASSERT_GE(id, 0);
    model_.Begin(key, id, now_, scope, background, late, tags);
    flights_.push_back({key, id});
  }
  Running TakeFlight() {
    const auto at = flights_.begin() + Below(static_cast<int>(flights_.size()));
    const Running running = *at;
    flights_.erase(at);
    return running;
  }
  void Settle() {
    if (flights_.empty()) return;
    const auto [key, id] = TakeFlight();
    const Policy policy{Pick({0.0, 20.0, 2'000.0, kForever}), Pick({0.0, 0.0, 300.0}), Pick({0.0, 0.0, 3'000.0})};
    const std::set<int> late = SomeTags();
    const bool needs = model_.Find(key, id)->late;
    const double bytes = needs ? Pick({0, 100}) : Pick({0, 100, 700, 1'400, 1'600, 9'000});
    if (needs) Stage(key.first, late);
    // The model is asked for both answers where either is right.
    Model before = model_;
    bool unsure = false;
    const bool expected = model_.Settle(key, id, now_, policy, bytes, late, &unsure);
    const Index slot = cache_.Settle(id, now_, now_, policy, 0, bytes);
    Drain();
    if (expected && unsure && slot == kNone) {
      model_ = before;
      model_.Sweep(now_);
      model_.End(key, id);
      return;
    }
    ASSERT_EQ(slot != kNone, expected);
    if (expected && slots_.contains(key)) ASSERT_EQ(slot, slots_[key]);
  }
  void Fail() {
    if (flights_.empty()) return;
    const auto [key, id] = TakeFlight();
    const Ms error_ttl = Pick({0.0, 0.0, 50.0, 5'000.0});
    const Failure expected = model_.Fail(key, id, now_, error_ttl);
    const Failure actual = cache_.Fail(id, now_, error_ttl);
    Drain();
    ASSERT_EQ(static_cast<int>(actual), static_cast<int>(expected));
  }
  void Leave() {
    if (flights_.empty()) return;
    const Running running = flights_[static_cast<std::size_t>(Below(static_cast<int>(flights_.size())))];
    Model::Load& load = *model_.Find(running.key, running.id);
    if (load.waiters == 0) return;
    const bool wanted = --load.waiters > 0 || load.background;
    ASSERT_EQ(cache_.Leave(running.id), wanted);
    Drain();
    if (wanted) return;
    model_.End(running.key, running.id);
    std::erase_if(flights_, [&](const Running& other) { return other.id == running.id; });
    ASSERT_FALSE(cache_.Leave(running.id)); // It has ended.
  }
  void Invalidate(const Model::Key& key) {
    const bool hard = Chance(2);
    const auto [space, what] = key;
    switch (Below(4)) {
      case 0: {
        model_.events.push_back({++model_.sequence, Model::Event::kSpace, space, 0, false});
        cache_.InvalidateSpace(spaces_[space], now_);
        break;
      }
      case 1: {
        if (!slots_.contains(key)) return;
        model_.events.push_back({++model_.sequence, Model::Event::kKey, space, what, hard});
        const Model::Entry& entry = model_.entries.at(key);
        const bool useful = entry.has_value && (entry.value.stale_allowed || entry.value.error_allowed);
        const std::vector<Model::Load> loads = entry.loads;
        if ((entry.has_value || entry.has_failure) && (hard || !useful)) model_.Drop(key);
        for (const Model::Load& load : loads) model_.Detach(key, load.id);
        cache_.InvalidateEntry(slots_[key], hard, now_);
        model_.Sweep(now_);
        return Drain();
      }
      default: {
        const int tag = what % kTags;
        model_.events.push_back({++model_.sequence, Model::Event::kTag, space, tag, hard});
        const auto it = tags_.find({space, tag});
        cache_.InvalidateTag(it == tags_.end() ? kNone : it->second, hard, now_);
      }
    }
    model_.SweepUseless();
    model_.Sweep(now_);
    Drain();
  }
  void Clear(int space) {
    model_.events.push_back({++model_.sequence, Model::Event::kClear, space, 0, true});
    for (const Model::Key& key : std::vector<Model::Key>(model_.used)) if (key.first == space) model_.Drop(key);
    cache_.ClearSpace(spaces_[space]);
    Drain();
  }

  std::mt19937 random_;
  double max_bytes_;
  Cache cache_;
  Model model_;
  Ms now_ = 1'000;
  Index spaces_[kSpaces];
  std::map<Model::Key, Index> slots_;
  std::map<std::pair<int, int>, Index> tags_;
  std::vector<Running> flights_;
};

// Every seed is a cache of its own: four million steps. A failure names its seed.
TEST(CacheModel, AgreesOnMillionsOfRandomSteps) {
  for (unsigned seed = 1; seed <= 10'000; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Driver driver(seed);
    for (int i = 0; i < 400; ++i) {
      driver.Step();
      if (!HasFatalFailure()) driver.Compare();
      if (HasFatalFailure()) FAIL() << "at step " << i;
    }
  }
}

}  // namespace
}  // namespace hawser::cache
