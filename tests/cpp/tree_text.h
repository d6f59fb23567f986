// Trees of values as JSON text, for tests to read. Every array is a tagged tuple: ["a", …items], ["i",
// "9007199254740993"] (integers beyond 2^53), ["f", "nan" | "inf" | "-inf"], ["o", …] (offset date-time),
// ["l", …] (local date, time or both).
#pragma once

#include <charconv>
#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "base/packed.h"
#include "base/value.h"

namespace hawser {

inline Value TreeOf(const nlohmann::ordered_json& json) {
  using Type = Value::Type;
  Value out = Value::OfType(Type::kNull);
  if (json.is_object()) {
    out.type = Type::kTable;
    for (const auto& [key, item] : json.items()) out.entries.push_back({key, TreeOf(item)});
  } else if (json.is_array()) {
    const std::string tag = json.at(0);
    out.type = Type::kArray;
    if (tag == "a") {
      for (std::size_t i = 1; i < json.size(); ++i) out.entries.push_back({{}, TreeOf(json[i])});
      return out;
    }
    const std::string text = json.at(1);
    out.type = tag == "i"   ? Type::kInteger
               : tag == "f" ? Type::kFloat
               : tag == "o" ? Type::kOffsetDateTime
                            : Type::kLocal;
    if (tag == "i") {
      std::from_chars(text.data(), text.data() + text.size(), out.integer);
    } else if (tag == "f") {
      out.number = text == "nan" ? std::nan("") : text == "inf" ? HUGE_VAL : -HUGE_VAL;
    } else {
      out.text = text;
    }
  } else if (json.is_string()) {
    out = Value::String(json.get<std::string>());
  } else if (json.is_boolean()) {
    out.type = Type::kBoolean;
    out.boolean = json.get<bool>();
  } else if (json.is_number_float() || (json.is_number_unsigned() && json.get<std::uint64_t>() > INT64_MAX)) {
    out.type = Type::kFloat;
    out.number = json.get<double>();
  } else if (json.is_number()) {
    out.type = Type::kInteger;
    out.integer = json.get<std::int64_t>();
  }
  return out;
}

inline Value TreeOf(std::string_view text) { return TreeOf(nlohmann::ordered_json::parse(text)); }

inline nlohmann::ordered_json JsonOf(const Value& value) {
  using Type = Value::Type;
  using Json = nlohmann::ordered_json;
  constexpr std::int64_t kMaxSafeInteger = (std::int64_t{1} << 53) - 1;
  switch (value.type) {
    case Type::kTable: {
      Json out = Json::object();
      for (const Entry& entry : value.entries) out.push_back({entry.key, JsonOf(entry.value)});
      return out;
    }
    case Type::kArray: {
      Json out = Json::array({"a"});
      for (const Entry& entry : value.entries) out.push_back(JsonOf(entry.value));
      return out;
    }
    case Type::kInteger:
      if (value.integer > kMaxSafeInteger || value.integer < -kMaxSafeInteger)
        return Json::array({"i", std::to_string(value.integer)});
      return value.integer;
    case Type::kFloat:
      if (std::isnan(value.number)) return Json::array({"f", "nan"});
      if (std::isinf(value.number)) return Json::array({"f", value.number < 0 ? "-inf" : "inf"});
      return value.number;
    case Type::kOffsetDateTime:
    case Type::kLocal:
      return Json::array({value.type == Type::kLocal ? "l" : "o", value.text});
    case Type::kString:
      return value.text;
    case Type::kBoolean:
      return value.boolean;
    case Type::kNull:
      break;
  }
  return nullptr;
}

inline std::string TextOf(const Value& value) { return JsonOf(value).dump(); }

// Of packed bytes. "" for none.
inline std::string TextOf(std::string_view packed) {
  const auto tree = ReadPacked(packed);
  return tree ? TextOf(*tree) : std::string();
}

inline std::string Packed(const Value& value) {
  std::string out;
  WritePacked(value, out);
  return out;
}

inline std::string Packed(std::string_view text) { return Packed(TreeOf(text)); }

}  // namespace hawser
