// Packed trees (base/packed.h) as the answers of this folder read and write them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/value.h"
#include "http/headers.h"

namespace hawser::http {

// What is missing or of another type is the fallback, respectively "" or false.
double NumberAt(const Value& table, const std::string& key, double fallback);
const std::string& TextAt(const Value& table, const std::string& key);
bool FlagAt(const Value& table, const std::string& key);
const Value& TableAt(const Value& table, const std::string& key);  // An empty table.
// Header lists cross flat: [name, value, name, value, …]. Names are lowered, values trimmed.
Headers HeadersAt(const Value& table, const std::string& key);

// A table being written.
class Table {
 public:
  Table& Put(std::string_view key, Value value);
  Table& Put(std::string_view key, std::string_view text) { return Put(key, Value::String(std::string(text))); }
  Table& Put(std::string_view key, const char* text) { return Put(key, std::string_view(text)); }
  Table& Put(std::string_view key, double number);
  Table& Put(std::string_view key, bool flag);
  Table& Put(std::string_view key, const Headers& headers);
  Value Take() { return std::move(value_); }

 private:
  Value value_ = Value::OfType(Value::Type::kTable);
};

// An array being written.
class List {
 public:
  List& Add(Value value) {
    value_.entries.push_back({{}, std::move(value)});
    return *this;
  }
  List& Add(std::string_view text) { return Add(Value::String(std::string(text))); }
  Value Take() { return std::move(value_); }

 private:
  Value value_ = Value::OfType(Value::Type::kArray);
};

}  // namespace hawser::http
