// Trees of values as bytes: the form in which they cross between C++ and JavaScript (js/packed.js).
// Everything is read as it was written: integers of 64 bits, NaN, -0.
//
// A value is a tag and what belongs to it; numbers are little endian.
//   'o' u32 count, then per entry u32 length, the key's bytes, the value    a table
//   'a' u32 count, then the values                                          an array
//   's' | 'l' | 'z' u32 length, bytes     text, a local date or time, an offset date-time; UTF-8
//   'i' i64        'd' double        't' | 'f'        'n'
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/value.h"

namespace hawser {

// Levels of tables and arrays that a tree may have; the root is none.
inline constexpr int kMaxTreeDepth = 100;

// Reads one tree that takes all of `bytes`, as values of `layer`. Nothing when they are none, or are nested
// deeper than kMaxTreeDepth.
std::optional<Value> ReadPacked(std::string_view bytes, int layer = -1);

// Appends `value` to `out`. Recursion goes as deep as the tree.
void WritePacked(const Value& value, std::string& out);

}  // namespace hawser
