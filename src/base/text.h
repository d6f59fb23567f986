// Putting texts together without a copy of std::string's operators for every pair of types, which costs the
// WebAssembly core a kilobyte.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace hawser {

// All parts, one after the other.
std::string Concat(std::initializer_list<std::string_view> parts);

}  // namespace hawser
