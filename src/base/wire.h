// Trees of values as JSON, the form in which they cross between C++ and JavaScript.
//
// Tables are objects and every array is a tagged tuple, so that nothing is mistaken for something else:
// ["a", …items], ["i", "9007199254740993"] (integers beyond 2^53), ["f", "nan" | "inf" | "-inf"],
// ["o", "1979-05-27T07:32:00Z"] (offset date-time), ["l", "07:32:00"] (local date, time or both).
// All else is what JSON says; a number without fraction and exponent is an integer.
// The codes of errors are those of secrets; other readers say what it means to them.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "base/value.h"

namespace hawser {

// Levels of tables and arrays that a tree may have; the root is none.
inline constexpr int kMaxTreeDepth = 100;

// Reads a tree for `layer`. Errors: ERR_SECRETS_PARSE (lone surrogates are the one thing that JSON.stringify
// writes and that is refused here), ERR_SECRETS_LIMIT beyond kMaxTreeDepth.
Result<Value> ReadWire(const std::string& json, std::string_view source, int layer);

// Reads a JSON document as people write it; its root must be an object without a key twice in one object.
// Errors: ERR_SECRETS_PARSE with line and column as far as known, ERR_SECRETS_LIMIT.
Result<Value> ReadJson(const std::string& json, std::string_view source, int layer);

// Appends `value` to `out`. Recursion goes as deep as the tree.
void WriteWire(const Value& value, std::string& out);

// Appends `text` as a JSON string.
void WriteJsonString(std::string_view text, std::string& out);

}  // namespace hawser
