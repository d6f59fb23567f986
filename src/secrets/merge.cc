#include "secrets/merge.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "base/sort.h"

namespace hawser::secrets {

KeyIndex::KeyIndex(const Value& table)
    : table_(table),
      sorted_(SortedIndexes(table.entries, [](const Entry& a, const Entry& b) { return a.key < b.key; })) {}

std::ptrdiff_t KeyIndex::Find(std::string_view key) const {
  const auto it =
      std::lower_bound(sorted_.begin(), sorted_.end(), key,
                       [&](std::uint32_t i, std::string_view k) { return table_.entries[i].key < k; });
  return it != sorted_.end() && table_.entries[*it].key == key ? static_cast<std::ptrdiff_t>(*it) : -1;
}

void Merge(Value& base, Value&& over, MergeMode mode) {
  const KeyIndex index(base);
  base.origin = over.origin;
  std::vector<Entry> added;
  for (Entry& entry : over.entries) {
    const std::ptrdiff_t at = index.Find(entry.key);
    if (at < 0) {
      added.push_back(std::move(entry));
      continue;
    }
    Value& below = base.entries[static_cast<std::size_t>(at)].value;
    if (mode == MergeMode::kDeep && below.is_table() && entry.value.is_table()) {
      Merge(below, std::move(entry.value), mode);
    } else {
      below = std::move(entry.value);
    }
  }
  base.entries.insert(base.entries.end(), std::make_move_iterator(added.begin()),
                      std::make_move_iterator(added.end()));
}

}  // namespace hawser::secrets
