// A tree of configuration values that remembers where each came from.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace hawser {

// Where a value stands. `layer` counts from 0, the lowest; line and column from 1, 0 where there is no text.
struct Origin {
  int layer = -1;
  int line = 0;
  int column = 0;
};

struct Entry;

// A table keeps its entries in the order of its source; keys are unique.
struct Value {
  enum class Type : std::uint8_t {
    kTable,
    kArray,
    kString,
    kInteger,
    kFloat,
    kBoolean,
    kOffsetDateTime,  // `text` is RFC 3339, e.g. 1979-05-27T07:32:00.5+01:00
    kLocal,           // A date, a time or both without an offset; `text` as in RFC 3339.
    kNull,
  };

  Type type = Type::kTable;
  bool boolean = false;
  Origin origin;
  std::int64_t integer = 0;
  double number = 0;
  std::string text;            // Strings, dates and times.
  std::vector<Entry> entries;  // Tables, and arrays (with empty keys).

  // In value.cc: where they are inlined each costs a WebAssembly module 100 bytes.
  Value();
  Value(const Value&);
  Value(Value&&) noexcept;
  Value& operator=(const Value&);
  Value& operator=(Value&&) noexcept;
  ~Value();

  static Value OfType(Type type, Origin origin = {});
  static Value String(std::string text, Origin origin = {});

  bool is_table() const { return type == Type::kTable; }
  bool is_array() const { return type == Type::kArray; }
  bool is_string() const { return type == Type::kString; }

  // The entry's value or null. Linear: for tables of many keys sort an index instead, see secrets/merge.cc.
  const Value* Find(const std::string& key) const;
};

struct Entry {
  std::string key;
  Value value;
};

// Defined here, where Entry is complete.
inline Value Value::OfType(Type type, Origin origin) {
  Value value;
  value.type = type;
  value.origin = origin;
  return value;
}

inline Value Value::String(std::string text, Origin origin) {
  Value value = OfType(Type::kString, origin);
  value.text = std::move(text);
  return value;
}

inline const Value* Value::Find(const std::string& key) const {
  for (const Entry& entry : entries) {
    if (entry.key == key) return &entry.value;
  }
  return nullptr;
}

}  // namespace hawser
