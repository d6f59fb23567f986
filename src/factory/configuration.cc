#include "factory/configuration.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/text.h"
#include "factory/connection_url.h"
#include "factory/error.h"

namespace hawser::factory {
namespace {

using Type = Value::Type;

constexpr std::array<std::string_view, 8> kAddressKeys = {"dialect", "driver", "username", "password",
                                                          "host",    "port",   "database", "query"};

bool IsAddressKey(std::string_view key) {
  return key == "url" || std::ranges::find(kAddressKeys, key) != kAddressKeys.end();
}

Error WrongKey(std::string_view key, std::string_view expected) {
  return ConfigError(Concat({"`", key, "` of a connection must be ", expected, "."}));
}

Value Integer(std::int64_t integer) {
  Value value = Value::OfType(Type::kInteger);
  value.integer = integer;
  return value;
}

// The value of `key`, or null.
Value* Find(Value& table, std::string_view key) {
  const auto it = std::ranges::find(table.entries, key, &Entry::key);
  return it == table.entries.end() ? nullptr : &it->value;
}

// The value of `key`, made if there is none.
Value& At(Value& table, std::string_view key) {
  if (Value* const there = Find(table, key)) return *there;
  table.entries.push_back({std::string(key), Value::OfType(Type::kNull)});
  return table.entries.back().value;
}

// The parts of a url under the names of the separate keys. An option that repeats becomes an array.
Value PartsOf(const ConnectionUrl& url) {
  Value out;
  const auto set = [&](const char* key, const std::optional<std::string>& value) {
    if (value) At(out, key) = Value::String(*value);
  };
  set("dialect", url.dialect);
  set("driver", url.driver);
  set("username", url.username);
  set("password", url.password);
  set("host", url.host);
  if (url.port) At(out, "port") = Integer(*url.port);
  set("database", url.database);
  if (!url.query.empty()) At(out, "query") = Value();
  for (const auto& [key, text] : url.query) {
    Value& option = At(At(out, "query"), key);
    if (option.is_string()) {
      Value several = Value::OfType(Type::kArray);
      several.entries.push_back({{}, std::move(option)});
      option = std::move(several);
    }
    if (option.is_array()) {
      option.entries.push_back({{}, Value::String(text)});
    } else {
      option = Value::String(text);
    }
  }
  return out;
}

Result<Value> ToPort(const Value& value) {
  std::int64_t port = value.type == Type::kInteger ? value.integer : 0;
  if (value.is_string() && value.text.size() <= 5) {
    for (const char c : value.text) {
      if (c < '0' || c > '9') {
        port = 0;
        break;
      }
      port = port * 10 + (c - '0');
    }
  }
  if (port >= 1 && port <= 65535) return Integer(port);
  return std::unexpected(WrongKey("port", "a number from 1 to 65535"));
}

// The separate keys of a layer, checked. `null` stays: it hides what is below.
Result<Value> SeparateParts(const Value& layer) {
  Value out;
  for (const std::string_view key : kAddressKeys) {
    const Value* const given = layer.Find(std::string(key));
    if (!given) continue;
    if (given->type == Type::kNull) {
      At(out, key) = *given;
    } else if (key == "port") {
      auto port = ToPort(*given);
      if (!port) return std::unexpected(std::move(port).error());
      At(out, key) = std::move(*port);
    } else if (key == "query" ? !given->is_table() : !given->is_string()) {
      return std::unexpected(WrongKey(key, key == "query" ? "a table of options" : "text"));
    } else if (key == "dialect") {
      const std::size_t plus = given->text.find('+');
      At(out, key) = Value::String(NormalDialect(std::string_view(given->text).substr(0, plus)));
      if (plus != std::string::npos) At(out, "driver") = Value::String(given->text.substr(plus + 1));
    } else {
      At(out, key) = *given;
    }
  }
  return out;
}

// Fills `address` with what it does not have yet.
void Fill(Value& address, Value&& parts) {
  for (Entry& part : parts.entries) {
    Value* const there = Find(address, part.key);
    if (!there) {
      address.entries.push_back(std::move(part));
    } else if (part.key == "query" && part.value.is_table() && there->is_table()) {
      for (Entry& option : part.value.entries) {
        if (!there->Find(option.key)) there->entries.push_back(std::move(option));
      }
    }
  }
}

void DropNulls(Value& table) {
  std::erase_if(table.entries, [](const Entry& entry) { return entry.value.type == Type::kNull; });
}

Result<Value> Address(std::span<const Value> layers) {
  Value address;
  bool url_seen = false;
  for (const Value& layer : layers) {
    auto separate = SeparateParts(layer);
    if (!separate) return std::unexpected(std::move(separate).error());
    Fill(address, std::move(*separate));
    const Value* const url = layer.Find("url");
    if (!url || url_seen) continue;
    url_seen = true;
    if (url->type == Type::kNull) continue;
    if (!url->is_string()) return std::unexpected(WrongKey("url", "text"));
    const auto parsed = ParseConnectionUrl(url->text);
    if (!parsed) return std::unexpected(parsed.error());
    Fill(address, PartsOf(*parsed));
  }
  DropNulls(address);
  if (Value* const query = Find(address, "query")) DropNulls(*query);
  return address;
}

}  // namespace

Result<Configuration> MergeConfiguration(std::span<const Value> layers, bool address) {
  Configuration out;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    for (const auto& [key, value] : layers[i].entries) {
      if ((address && IsAddressKey(key)) || out.merged.Find(key)) continue;
      out.merged.entries.push_back({key, value});
      if (value.type != Type::kNull) out.origin.emplace_back(key, i);
    }
  }
  DropNulls(out.merged);
  if (!address) return out;
  auto parts = Address(layers);
  if (!parts) return std::unexpected(std::move(parts).error());
  out.address = std::move(*parts);
  for (const Entry& part : out.address.entries) out.merged.entries.push_back(part);
  return out;
}

}  // namespace hawser::factory
