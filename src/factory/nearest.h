// The nearest known name to a misspelt one.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace hawser::factory {

// Edits that lead from `a` to `b`: insertion, deletion, substitution and the swap of two neighbours count one
// each. ASCII letters differing in case only count as equal. O(|a| |b|) time.
std::size_t EditDistance(std::string_view a, std::string_view b);

// The index in `known` of the name nearest to `name`, the first of several. `known.size()` when none is near:
// more than half of the longer name would have to change, or a name exceeds 64 bytes.
std::size_t Nearest(std::string_view name, std::span<const std::string> known);

}  // namespace hawser::factory
