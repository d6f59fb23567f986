#include "secrets/answers.h"

#include <utility>

#include "base/packed.h"

namespace hawser::secrets {

std::string Packed(const Value& tree) {
  std::string out;
  WritePacked(tree, out);
  return out;
}

void Set(Value& table, std::string_view key, Value value) {
  table.entries.push_back({std::string(key), std::move(value)});
}

void Set(Value& table, std::string_view key, std::string_view text) {
  Set(table, key, Value::String(std::string(text)));
}

void Set(Value& table, std::string_view key, int number) {
  Value value = Value::OfType(Value::Type::kInteger);
  value.integer = number;
  Set(table, key, std::move(value));
}

Value ErrorTree(const Error& error) {
  Value out;
  const auto text = [&](std::string_view key, std::string_view value) {
    if (!value.empty()) Set(out, key, value);
  };
  const auto number = [&](std::string_view key, int value) {
    if (value > 0) Set(out, key, value);
  };
  text("code", error.code);
  text("message", error.message);
  text("source", error.source);
  number("line", error.line);
  number("column", error.column);
  text("excerpt", error.excerpt);
  text("path", error.path);
  text("variable", error.variable);
  return out;
}

}  // namespace hawser::secrets
