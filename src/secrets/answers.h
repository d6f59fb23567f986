// What JavaScript is answered, as packed bytes (base/packed.h).
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "base/value.h"

namespace hawser::secrets {

// A tree as bytes.
std::string Packed(const Value& tree);

// Adds an entry to a table.
void Set(Value& table, std::string_view key, Value value);
void Set(Value& table, std::string_view key, std::string_view text);
void Set(Value& table, std::string_view key, int number);

// A table of the error's code, message, source, line, column, excerpt, path and variable, without those that
// do not apply.
Value ErrorTree(const Error& error);

}  // namespace hawser::secrets
