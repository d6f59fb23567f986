#include "base/wire.h"

#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "base/sort.h"

namespace hawser {
namespace {

using Type = Value::Type;

constexpr std::int64_t kMaxSafeInteger = (std::int64_t{1} << 53) - 1;

// Builds a tree from the parser's events. Answering false ends the parsing.
class Builder {
 public:
  Builder(int layer, bool tagged) : origin_{layer, 0, 0}, tagged_(tagged) {}

  Value root;
  bool too_deep = false;
  bool repeats_key = false;
  std::size_t error_at = 0;  // Offset of the byte behind what was not expected.

  bool null() { return Put(Value::OfType(Type::kNull, origin_)); }
  bool boolean(bool boolean) {
    Value value = Value::OfType(Type::kBoolean, origin_);
    value.boolean = boolean;
    return Put(std::move(value));
  }
  bool number_integer(std::int64_t integer) {
    Value value = Value::OfType(Type::kInteger, origin_);
    value.integer = integer;
    return Put(std::move(value));
  }
  bool number_unsigned(std::uint64_t integer) {
    if (integer > static_cast<std::uint64_t>(INT64_MAX))
      return number_float(static_cast<double>(integer), {});
    return number_integer(static_cast<std::int64_t>(integer));
  }
  bool number_float(double number, const std::string&) {
    Value value = Value::OfType(Type::kFloat, origin_);
    value.number = number;
    return Put(std::move(value));
  }
  bool string(std::string& text) { return Put(Value::String(std::move(text), origin_)); }
  bool binary(std::vector<std::uint8_t>&) { return false; }
  bool start_object(std::size_t) { return Open(Type::kTable); }
  bool key(std::string& key) {
    keys_.push_back(std::move(key));
    return true;
  }
  bool end_object() {
    if (!tagged_) {
      const std::vector<Entry>& entries = open_.back().entries;
      const auto order = SortedIndexes(entries, [](const Entry& a, const Entry& b) { return a.key < b.key; });
      for (std::size_t i = 1; i < order.size(); ++i)
        repeats_key |= entries[order[i]].key == entries[order[i - 1]].key;
    }
    return !repeats_key && Close();
  }
  bool start_array(std::size_t) { return Open(Type::kArray); }
  bool end_array() {
    if (!tagged_) return Close();
    Value& array = open_.back();
    if (array.entries.empty() || !array.entries[0].value.is_string()) return false;
    const std::string tag = std::move(array.entries[0].value.text);
    if (tag == "a") {
      array.entries.erase(array.entries.begin());
      return Close();
    }
    if (array.entries.size() != 2 || !array.entries[1].value.is_string()) return false;
    std::string text = std::move(array.entries[1].value.text);
    array.entries.clear();
    return Scalar(tag, std::move(text), array) && Close();
  }
  bool parse_error(std::size_t offset, const std::string&, const nlohmann::json::exception&) {
    error_at = offset;
    return false;
  }

 private:
  static bool Scalar(const std::string& tag, std::string text, Value& out) {
    if (tag == "o" || tag == "l") {
      out.type = tag == "o" ? Type::kOffsetDateTime : Type::kLocal;
      out.text = std::move(text);
      return true;
    }
    if (tag == "f") {
      out.type = Type::kFloat;
      out.number = text == "nan" ? std::nan("") : text == "inf" ? HUGE_VAL : -HUGE_VAL;
      return true;
    }
    out.type = Type::kInteger;
    const char* end = text.data() + text.size();
    const auto [stop, fault] = std::from_chars(text.data(), end, out.integer);
    return tag == "i" && fault == std::errc() && stop == end;
  }

  bool Open(Type type) {
    too_deep = open_.size() > kMaxTreeDepth;  // The root is no level.
    open_.push_back(Value::OfType(type, origin_));
    return !too_deep;
  }

  bool Close() {
    Value value = std::move(open_.back());
    open_.pop_back();
    return Put(std::move(value));
  }

  bool Put(Value&& value) {
    if (open_.empty()) {
      root = std::move(value);
      return true;
    }
    Value& parent = open_.back();
    parent.entries.push_back({{}, std::move(value)});
    if (parent.is_table()) {
      parent.entries.back().key = std::move(keys_.back());
      keys_.pop_back();
    }
    return true;
  }

  const Origin origin_;
  const bool tagged_;
  std::vector<Value> open_;        // From the root to where the parser is.
  std::vector<std::string> keys_;  // Those whose values are not there yet.
};

Error Failed(std::string_view code, std::string_view source, std::string message) {
  Error error;
  error.code = code;
  error.source = std::string(source);
  error.message = std::move(message);
  return error;
}

Error TooDeep(std::string_view source) {
  return Failed("ERR_SECRETS_LIMIT", source,
                "the values are nested more than " + std::to_string(kMaxTreeDepth) + " levels deep");
}

void WriteTagged(char tag, std::string_view text, std::string& out) {
  out += "[\"";
  out += tag;
  out += "\",";
  WriteJsonString(text, out);
  out += ']';
}

void WriteFloat(double number, std::string& out) {
  if (std::isnan(number)) return WriteTagged('f', "nan", out);
  if (std::isinf(number)) return WriteTagged('f', number < 0 ? "-inf" : "inf", out);
  char buffer[64];
  out.append(buffer, nlohmann::detail::to_chars(buffer, buffer + sizeof buffer, number));
}

}  // namespace

Result<Value> ReadWire(const std::string& json, std::string_view source, int layer) {
  Builder builder(layer, true);
  if (nlohmann::json::sax_parse(json, &builder)) return std::move(builder.root);
  if (builder.too_deep) return std::unexpected(TooDeep(source));
  return std::unexpected(Failed("ERR_SECRETS_PARSE", source, "a string or key has a lone surrogate"));
}

Result<Value> ReadJson(const std::string& json, std::string_view source, int layer) {
  Builder builder(layer, false);
  const bool ok = nlohmann::json::sax_parse(json, &builder);
  if (ok && builder.root.is_table()) return std::move(builder.root);
  if (builder.too_deep) return std::unexpected(TooDeep(source));
  Error error = Failed("ERR_SECRETS_PARSE", source,
                       ok                    ? "the document is not an object"
                       : builder.repeats_key ? "an object has a key twice"
                                             : "the JSON is malformed");
  error.line = error.column = 1;
  for (std::size_t i = 0; i + 1 < builder.error_at && i < json.size(); ++i) {
    error.line += json[i] == '\n';
    error.column = json[i] == '\n' ? 1 : error.column + ((json[i] & 0xc0) != 0x80);
  }
  return std::unexpected(std::move(error));
}

void WriteJsonString(std::string_view text, std::string& out) {
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20) {
      out += "\\u00";
      out += "0123456789abcdef"[byte >> 4];
      out += "0123456789abcdef"[byte & 0xf];
    } else {
      out += c;
    }
  }
  out += '"';
}

void WriteWire(const Value& value, std::string& out) {
  switch (value.type) {
    case Type::kTable: {
      out += '{';
      const char* comma = "";
      for (const Entry& entry : value.entries) {
        out += std::exchange(comma, ",");
        WriteJsonString(entry.key, out);
        out += ':';
        WriteWire(entry.value, out);
      }
      out += '}';
      break;
    }
    case Type::kArray:
      out += "[\"a\"";
      for (const Entry& entry : value.entries) {
        out += ',';
        WriteWire(entry.value, out);
      }
      out += ']';
      break;
    case Type::kString:
      WriteJsonString(value.text, out);
      break;
    case Type::kInteger:
      if (value.integer > kMaxSafeInteger || value.integer < -kMaxSafeInteger) {
        WriteTagged('i', std::to_string(value.integer), out);
      } else {
        out += std::to_string(value.integer);
      }
      break;
    case Type::kFloat:
      WriteFloat(value.number, out);
      break;
    case Type::kBoolean:
      out += value.boolean ? "true" : "false";
      break;
    case Type::kOffsetDateTime:
      WriteTagged('o', value.text, out);
      break;
    case Type::kLocal:
      WriteTagged('l', value.text, out);
      break;
    case Type::kNull:
      out += "null";
      break;
  }
}

}  // namespace hawser
