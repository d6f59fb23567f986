#include "secrets/explain.h"

#include <algorithm>
#include <charconv>
#include <cstddef>

namespace hawser::secrets {
namespace {

struct Candidate {
  const Value* value;
  bool live;  // Part of the merged tree.
};

const Value* Step(const Value& value, const std::string& key) {
  if (value.is_table()) return value.Find(key);
  if (!value.is_array()) return nullptr;
  std::size_t index = 0;
  const char* end = key.data() + key.size();
  const auto [stop, fault] = std::from_chars(key.data(), end, index);
  return fault == std::errc() && stop == end && index < value.entries.size() ? &value.entries[index].value
                                                                             : nullptr;
}

// Of the candidates that are live the last wins; with it go the tables right below it when it is one, too.
void Settle(std::vector<Candidate>& candidates, bool merges) {
  bool open = true;
  bool first = true;
  for (auto it = candidates.rbegin(); it != candidates.rend(); ++it) {
    if (!it->live) continue;
    if (!first && (!merges || !it->value->is_table())) open = false;
    if (!open) it->live = false;
    if (!it->value->is_table()) open = false;
    first = false;
  }
}

}  // namespace

std::vector<Contribution> Explain(std::span<const Value> layers, MergeMode mode,
                                  std::span<const std::string> path) {
  std::vector<Candidate> candidates;
  for (const Value& layer : layers) candidates.push_back({&layer, true});
  for (std::size_t depth = 0; depth < path.size(); ++depth) {
    std::vector<Candidate> next;
    for (const Candidate& candidate : candidates) {
      if (const Value* child = Step(*candidate.value, path[depth])) next.push_back({child, candidate.live});
    }
    candidates = std::move(next);
    Settle(candidates, mode == MergeMode::kDeep);
  }
  const auto live =
      std::count_if(candidates.begin(), candidates.end(), [](const Candidate& c) { return c.live; });
  std::vector<Contribution> out;
  for (const Candidate& candidate : candidates) {
    using State = Contribution::State;
    const State state = !candidate.live ? State::kOverridden : live > 1 ? State::kMerged : State::kUsed;
    out.push_back({candidate.value->origin, candidate.value->type, state});
  }
  return out;
}

}  // namespace hawser::secrets
