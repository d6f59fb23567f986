#ifndef HAWSER_TESTS_CPP_CACHE_MODEL_H_
#define HAWSER_TESTS_CPP_CACHE_MODEL_H_

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "cache/cache.h"

namespace hawser::cache {

// The cache as one would write it down without caring what it costs: every question is answered by looking
// through everything that ever happened. Keys are (space, key) pairs, tags are small numbers.
class Model {
 public:
  struct Value {
    Ms stored_at, fresh_until, stale_until, error_until;
    bool stale_allowed, error_allowed;
    double bytes;
    long began;
    std::set<int> tags;
    Ms KeepUntil() const { return std::max(stale_until, error_until); }
  };
  struct Load {
    int id;
    long began;
    Ms begun_at;
    int scope;
    bool background, late;
    int waiters;
    std::set<int> tags;
    bool attached;
  };
  struct Entry {
    bool has_value = false, has_failure = false;
    Value value{};
    long failed = 0;        // When the load began that failed,
    Ms retry_at = 0;        // and until when that is remembered.
    std::set<int> failure_tags;
    double bytes = 0;
    long last_began = 0;    // Of the last value that was stored.
    std::vector<Load> loads;  // Newest first.
    bool empty() const { return !has_value && !has_failure && loads.empty(); }
  };
  struct Event {
    long at;
    enum Kind { kTag, kSpace, kClear, kKey } kind;
    int space, what;
    bool hard;
  };
  using Key = std::pair<int, int>;  // Space, key.

  double max_bytes = kForever;
  std::map<int, std::pair<int, double>> bounds;  // Of each space: entries, bytes.
  std::map<Key, Entry> entries;
  std::vector<Key> used;  // Entries with a value or failure, most recently used first.
  std::vector<Event> events;
  std::map<int, Load> detached;
  long sequence = 0;

  double TotalBytes(int space = -1) const {
    double sum = 0;
    for (const Key& key : used) sum += space < 0 || key.first == space ? entries.at(key).bytes : 0;
    return sum;
  }
  int Count(int space) const {
    return static_cast<int>(std::count_if(used.begin(), used.end(), [&](const Key& k) { return k.first == space; }));
  }

  bool Invalidated(const Key& key, const std::set<int>& tags, long since, bool hard_tags_only) const {
    for (const Event& e : events) {
      if (e.at <= since) continue;
      if (e.kind == Event::kTag && e.space == key.first && tags.contains(e.what) && (e.hard || !hard_tags_only)) return true;
      if (hard_tags_only) continue;
      if ((e.kind == Event::kSpace || e.kind == Event::kClear) && e.space == key.first) return true;
      if (e.kind == Event::kKey && e.space == key.first && e.what == key.second) return true;
    }
    return false;
  }
  const std::set<int>& TagsOf(const Entry& e) const { return e.has_value ? e.value.tags : e.failure_tags; }
  bool Gone(const Key& key) const {
    const Entry& e = entries.at(key);
    return e.has_value && Invalidated(key, e.value.tags, e.value.began, true);
  }
  bool AnyEventSince(long since) const {
    return std::any_of(events.begin(), events.end(), [&](const Event& e) { return e.at > since; });
  }

  void Touch(Key key) {
    std::erase(used, key);
    used.insert(used.begin(), key);
  }
  void Drop(Key key) {
    Entry& e = entries.at(key);
    e.has_value = e.has_failure = false;
    e.bytes = 0;
    e.retry_at = 0;
    e.failure_tags.clear();
    std::erase(used, key);
    Forget(key);
  }
  void Forget(const Key& key) {
    if (entries.contains(key) && entries.at(key).empty()) entries.erase(key);
  }
  void Detach(const Key& key, int id) {
    Entry& e = entries.at(key);
    for (auto it = e.loads.begin(); it != e.loads.end(); ++it) {
      if (it->id != id) continue;
      it->attached = false;
      detached[id] = *it;
      e.loads.erase(it);
      break;
    }
    Forget(key);
  }

  void Sweep(Ms now) {
    for (const Key& key : std::vector<Key>(used)) {
      const Entry& e = entries.at(key);
      const Ms until = std::max(e.has_value ? e.value.KeepUntil() : -kForever, e.has_failure ? e.retry_at : -kForever);
      if (now >= until) Drop(key);
    }
  }
  // Everything that no reader could use any more, after an invalidation.
  void SweepUseless() {
    for (const Key& key : std::vector<Key>(used)) {
      const Entry& e = entries.at(key);
      if (!e.has_value) continue;
      const bool useful = e.value.stale_allowed || e.value.error_allowed;
      if (useful ? Gone(key) : Invalidated(key, e.value.tags, e.value.began, false)) Drop(key);
    }
  }
  void MakeRoom(int space) {
    while (TotalBytes() > max_bytes) Drop(used.back());
    while ((bounds[space].first > 0 && Count(space) > bounds[space].first) || TotalBytes(space) > bounds[space].second) {
      for (auto it = used.rbegin(); it != used.rend(); ++it) {
        if (it->first != space) continue;
        Drop(*it);
        break;
      }
    }
  }

  // The load to join, -1 for none.
  int FindLoad(const Key& key, Ms now, int scope, bool any) {
    if (!entries.contains(key)) return -1;
    for (const Load& load : std::vector<Load>(entries.at(key).loads)) {
      const bool fenced = Invalidated(key, load.tags, load.began, false);
      const bool lost = load.scope != kEverybody && now - load.begun_at > 60'000;
      const bool unsure = load.late && AnyEventSince(load.began);
      if (fenced || lost) {
        Detach(key, load.id);
      } else if (!unsure && (any || (load.scope == scope && scope != kNobodyElse))) {
        return load.id;
      }
    }
    return -1;
  }
  bool Cooling(const Key& key, Ms now) const {
    const Entry& e = entries.at(key);
    return e.has_failure && now < e.retry_at && !Invalidated(key, TagsOf(e), e.failed, false);
  }

  Outcome Lookup(const Key& key, Ms now, Ms ttl, Ms swr, int scope, int* join) {
    *join = -1;
    Sweep(now);
    if (!entries.contains(key)) return Outcome::kMiss;
    {
      Entry& e = entries.at(key);
      const Value& v = e.value;
      const Ms age = now - v.stored_at;
      if (e.has_value && now < v.fresh_until && age < ttl && !Invalidated(key, v.tags, v.began, false)) {
        Touch(key);
        return Outcome::kFresh;
      }
      if (e.has_value && Gone(key)) Drop(key);
    }
    if (entries.contains(key) && entries.at(key).has_value) {
      const Value v = entries.at(key).value;
      if (v.stale_allowed && swr > 0 && now < v.stale_until && now - v.stored_at < ttl + swr) {
        Touch(key);
        const bool loading = FindLoad(key, now, scope, true) >= 0;
        return loading || Cooling(key, now) ? Outcome::kStale : Outcome::kRefresh;
      }
    }
    *join = FindLoad(key, now, scope, false);
    if (*join >= 0) return Outcome::kJoin;
    if (entries.contains(key) && Cooling(key, now)) {
      const Entry& e = entries.at(key);
      if (!e.has_value || !e.value.error_allowed || now >= e.value.error_until) return Outcome::kFailed;
      Touch(key);
      return Outcome::kStale;
    }
    return Outcome::kMiss;
  }

  void Begin(const Key& key, int id, Ms now, int scope, bool background, bool late, const std::set<int>& tags) {
    entries[key].loads.insert(entries[key].loads.begin(), Load{id, ++sequence, now, scope, background, late,
                                                               background ? 0 : 1, tags, true});
  }
  // Takes a load out of everywhere.
  Load End(const Key& key, int id) {
    if (detached.contains(id)) {
      Load load = detached[id];
      detached.erase(id);
      return load;
    }
    Detach(key, id);
    Load load = detached[id];
    load.attached = true;
    detached.erase(id);
    return load;
  }
  Load* Find(const Key& key, int id) {
    if (detached.contains(id)) return &detached[id];
    if (!entries.contains(key)) return nullptr;
    for (Load& load : entries.at(key).loads) if (load.id == id) return &load;
    return nullptr;
  }

  // Whether it is stored. `unsure`: it may also be refused, because a tag was unknown when it was invalidated.
  bool Settle(const Key& key, int id, Ms now, const Policy& policy, double bytes, const std::set<int>& late_tags, bool* unsure) {
    Sweep(now);
    Load load = *Find(key, id);
    const std::set<int> tags = load.late ? late_tags : load.tags;
    *unsure = load.late && AnyEventSince(load.began);
    if (!load.attached || Invalidated(key, tags, load.began, false) || entries.at(key).last_began > load.began ||
        !(now < now + policy.ttl + std::max(policy.stale_while_revalidate, policy.stale_if_error))) {
      End(key, id);
      return false;
    }
    if (bytes > max_bytes || bytes > bounds[key.first].second) {
      if (entries.at(key).has_value || entries.at(key).has_failure) Drop(key);
      End(key, id);
      return false;
    }
    Entry& e = entries.at(key);
    e.has_value = true;
    e.has_failure = false;
    e.retry_at = 0;
    e.bytes = bytes;
    e.last_began = load.began;
    const Ms fresh = now + policy.ttl;
    e.value = Value{now, fresh, fresh + policy.stale_while_revalidate, fresh + policy.stale_if_error,
                    policy.stale_while_revalidate > 0, policy.stale_if_error > 0, bytes, load.began, tags};
    Touch(key);
    End(key, id);
    MakeRoom(key.first);
    return true;
  }

  Failure Fail(const Key& key, int id, Ms now, Ms error_ttl) {
    Sweep(now);
    Load load = *Find(key, id);
    if (!load.attached) {
      End(key, id);
      return Failure::kReport;
    }
    if (entries.at(key).has_value && Gone(key)) Drop(key);
    Entry& e = entries.at(key);
    const bool usable = e.has_value && e.value.error_allowed && now < e.value.error_until;
    const bool outdone = e.has_value && e.value.began > load.began;
    const bool remember = error_ttl > 0 && !outdone && !Invalidated(key, load.tags, load.began, false);
    if (remember) {
      if (!e.has_value) {
        e.bytes = 256;
        e.failure_tags = load.tags;
        Touch(key);
      }
      e.has_failure = true;
      e.failed = load.began;
      e.retry_at = now + error_ttl;
    }
    End(key, id);
    if (remember) MakeRoom(key.first);
    return usable ? Failure::kServeStale : remember ? Failure::kRemember : Failure::kReport;
  }
};

}  // namespace hawser::cache

#endif  // HAWSER_TESTS_CPP_CACHE_MODEL_H_
