// Layering: later trees over earlier ones.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/value.h"

namespace hawser::secrets {

enum class MergeMode {
  kDeep,     // Tables are merged key by key at every level.
  kShallow,  // A key of the root replaces the whole section below it, as Streamlit does.
};

// Lays `over` over `base`; both are tables. Whatever is no table in both, arrays included, is replaced whole.
// A key of both keeps its place in `base`, new ones follow. Values keep their origins; a merged table has
// that of the later layer. O(n log n).
void Merge(Value& base, Value&& over, MergeMode mode);

// Finds keys in one table of many.
class KeyIndex {
 public:
  explicit KeyIndex(const Value& table);
  // Position in `table.entries`, or -1.
  std::ptrdiff_t Find(std::string_view key) const;

 private:
  const Value& table_;
  std::vector<std::uint32_t> sorted_;
};

}  // namespace hawser::secrets
