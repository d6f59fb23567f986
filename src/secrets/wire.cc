#include "secrets/wire.h"

#include <cmath>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <utility>

#include "secrets/limits.h"

namespace hawser::secrets {
namespace {

using Json = nlohmann::ordered_json;
using Type = Value::Type;

constexpr std::int64_t kMaxSafeInteger = (std::int64_t{1} << 53) - 1;

bool IsTag(const Json& json, std::string_view tag) {
  return json.size() == 2 && json[0].is_string() && json[1].is_string() && json[0].get_ref<const std::string&>() == tag;
}

enum class Fault { kNone, kDepth, kForm };

Value Convert(const Json& json, Origin origin, int depth, Fault& fault) {
  Value out = Value::OfType(Type::kNull, origin);
  if (depth > kMaxDepth) {
    fault = Fault::kDepth;
    return out;
  }
  switch (json.type()) {
    case Json::value_t::object:
      out.type = Type::kTable;
      out.entries.reserve(json.size());
      for (auto it = json.begin(); it != json.end(); ++it) {
        out.entries.push_back({it.key(), Convert(it.value(), origin, depth + 1, fault)});
      }
      break;
    case Json::value_t::array: {
      if (IsTag(json, "i")) {
        out.type = Type::kInteger;
        const std::string& digits = json[1].get_ref<const std::string&>();
        char* end = nullptr;
        out.integer = std::strtoll(digits.c_str(), &end, 10);
        if (*end != '\0' || digits.empty()) fault = Fault::kForm;
      } else if (IsTag(json, "f")) {
        out.type = Type::kFloat;
        const std::string& name = json[1].get_ref<const std::string&>();
        out.number = name == "nan" ? std::nan("") : name == "inf" ? HUGE_VAL : -HUGE_VAL;
      } else if (IsTag(json, "o") || IsTag(json, "l")) {
        out.type = IsTag(json, "o") ? Type::kOffsetDateTime : Type::kLocal;
        out.text = json[1].get<std::string>();
      } else if (!json.empty() && json[0] == "a") {
        out.type = Type::kArray;
        for (std::size_t i = 1; i < json.size(); ++i) {
          out.entries.push_back({{}, Convert(json[i], origin, depth + 1, fault)});
        }
      } else {
        fault = Fault::kForm;
      }
      break;
    }
    case Json::value_t::string:
      out.type = Type::kString;
      out.text = json.get<std::string>();
      break;
    case Json::value_t::boolean:
      out.type = Type::kBoolean;
      out.boolean = json.get<bool>();
      break;
    case Json::value_t::number_integer:
    case Json::value_t::number_unsigned:
      out.type = Type::kInteger;
      out.integer = json.get<std::int64_t>();
      break;
    case Json::value_t::number_float:
      out.type = Type::kFloat;
      out.number = json.get<double>();
      break;
    default:
      break;
  }
  return out;
}

Error Failed(std::string_view code, std::string_view source, std::string message) {
  Error error;
  error.code = code;
  error.source = std::string(source);
  error.message = std::move(message);
  return error;
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

Result<Value> ReadWire(std::string_view json, std::string_view source, int layer) {
  const Json parsed = Json::parse(json, nullptr, false);
  if (parsed.is_discarded()) {
    return std::unexpected(Failed("ERR_SECRETS_PARSE", source, "a string or key has a lone surrogate"));
  }
  Fault fault = Fault::kNone;
  Value value = Convert(parsed, {layer, 0, 0}, 0, fault);
  if (fault == Fault::kDepth) {
    return std::unexpected(Failed("ERR_SECRETS_LIMIT", source,
                                  "the values are nested more than " + std::to_string(kMaxDepth) + " levels deep"));
  }
  if (fault == Fault::kForm) return std::unexpected(Failed("ERR_SECRETS_PARSE", source, "malformed values"));
  return value;
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

}  // namespace hawser::secrets
