#include "http/tree.h"

#include <cstddef>

namespace hawser::http {
namespace {

using Type = Value::Type;

const std::string kNoText;
const Value kNoTable;

}  // namespace

double NumberAt(const Value& table, const std::string& key, double fallback) {
  const Value* value = table.Find(key);
  if (value && value->type == Type::kInteger) return static_cast<double>(value->integer);
  return value && value->type == Type::kFloat ? value->number : fallback;
}

const std::string& TextAt(const Value& table, const std::string& key) {
  const Value* value = table.Find(key);
  return value && value->is_string() ? value->text : kNoText;
}

bool FlagAt(const Value& table, const std::string& key) {
  const Value* value = table.Find(key);
  return value && value->type == Type::kBoolean && value->boolean;
}

const Value& TableAt(const Value& table, const std::string& key) {
  const Value* value = table.Find(key);
  return value && value->is_table() ? *value : kNoTable;
}

Headers HeadersAt(const Value& table, const std::string& key) {
  Headers headers;
  const Value* value = table.Find(key);
  if (!value || !value->is_array()) return headers;
  for (std::size_t i = 0; i + 1 < value->entries.size(); i += 2) {
    headers.push_back({Lower(value->entries[i].value.text), std::string(Trim(value->entries[i + 1].value.text))});
  }
  return headers;
}

Table& Table::Put(std::string_view key, Value value) {
  value_.entries.push_back({std::string(key), std::move(value)});
  return *this;
}

Table& Table::Put(std::string_view key, double number) {
  Value value = Value::OfType(Type::kFloat);
  value.number = number;
  return Put(key, std::move(value));
}

Table& Table::Put(std::string_view key, bool flag) {
  Value value = Value::OfType(Type::kBoolean);
  value.boolean = flag;
  return Put(key, std::move(value));
}

Table& Table::Put(std::string_view key, const Headers& headers) {
  List list;
  for (const Header& header : headers) list.Add(header.name).Add(header.value);
  return Put(key, list.Take());
}

}  // namespace hawser::http
