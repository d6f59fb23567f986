#include "factory/configuration.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "factory/connection_url.h"

namespace hawser::factory {
namespace {

using Json = nlohmann::json;

constexpr std::array<std::string_view, 8> kAddressKeys = {"dialect", "driver", "username", "password",
                                                          "host",    "port",   "database", "query"};

bool IsAddressKey(std::string_view key) {
  return key == "url" || std::ranges::find(kAddressKeys, key) != kAddressKeys.end();
}

Error WrongKey(std::string_view key, std::string_view expected) {
  return ConfigError("`" + std::string(key) + "` of a connection must be " + std::string(expected) + ".");
}

// The parts of a url under the names of the separate keys. An option that repeats becomes a (tagged) array.
Json PartsOf(const ConnectionUrl& url) {
  Json out = Json::object();
  const auto set = [&](const char* key, const std::optional<std::string>& value) {
    if (value) out[key] = *value;
  };
  out["dialect"] = url.dialect;
  set("driver", url.driver);
  set("username", url.username);
  set("password", url.password);
  set("host", url.host);
  if (url.port) out["port"] = *url.port;
  set("database", url.database);
  if (!url.query.empty()) out["query"] = Json::object();
  for (const auto& [key, value] : url.query) {
    Json& option = out["query"][key];
    if (option.is_null()) {
      option = value;
    } else if (option.is_array()) {
      option.push_back(value);
    } else {
      option = Json::array({"a", option, value});
    }
  }
  return out;
}

std::expected<Json, Error> ToPort(const Json& value) {
  const auto wrong = [] { return std::unexpected(WrongKey("port", "a number from 1 to 65535")); };
  std::int64_t port = 0;
  if (value.is_string()) {
    const auto& text = value.get_ref<const std::string&>();
    if (text.empty() || text.size() > 5) return wrong();
    for (const char c : text) {
      if (c < '0' || c > '9') return wrong();
      port = port * 10 + (c - '0');
    }
  } else if (value.is_number_integer()) {
    port = value.get<std::int64_t>();
  }
  if (port < 1 || port > 65535) return wrong();
  return Json(port);
}

// The separate keys of a layer, checked. `null` stays: it hides what is below.
std::expected<Json, Error> SeparateParts(const Json& layer) {
  Json out = Json::object();
  for (const std::string_view key : kAddressKeys) {
    const auto it = layer.find(std::string(key));
    if (it == layer.end()) continue;
    if (it->is_null()) {
      out[std::string(key)] = nullptr;
    } else if (key == "port") {
      auto port = ToPort(*it);
      if (!port) return std::unexpected(std::move(port).error());
      out["port"] = std::move(*port);
    } else if (key == "query" ? !it->is_object() : !it->is_string()) {
      return std::unexpected(WrongKey(key, key == "query" ? "a table of options" : "text"));
    } else if (key == "dialect") {
      const auto& text = it->get_ref<const std::string&>();
      const std::size_t plus = text.find('+');
      out["dialect"] = NormalDialect(std::string_view(text).substr(0, plus));
      if (plus != std::string::npos) out["driver"] = text.substr(plus + 1);
    } else {
      out[std::string(key)] = *it;
    }
  }
  return out;
}

// Fills `address` with what it does not have yet.
void Fill(Json& address, const Json& parts) {
  for (const auto& [key, value] : parts.items()) {
    if (!address.contains(key)) {
      address[key] = value;
    } else if (key == "query" && value.is_object() && address[key].is_object()) {
      for (const auto& [option, setting] : value.items()) {
        if (!address[key].contains(option)) address[key][option] = setting;
      }
    }
  }
}

void DropNulls(Json& object) {
  for (auto it = object.begin(); it != object.end();) it = it->is_null() ? object.erase(it) : std::next(it);
}

std::expected<Json, Error> Address(std::span<const Json> layers) {
  Json address = Json::object();
  bool url_seen = false;
  for (const Json& layer : layers) {
    auto separate = SeparateParts(layer);
    if (!separate) return std::unexpected(std::move(separate).error());
    Fill(address, *separate);
    const auto url = layer.find("url");
    if (url == layer.end() || url_seen) continue;
    url_seen = true;
    if (url->is_null()) continue;
    if (!url->is_string()) return std::unexpected(WrongKey("url", "text"));
    auto parsed = ParseConnectionUrl(url->get_ref<const std::string&>());
    if (!parsed) return std::unexpected(std::move(parsed).error());
    Fill(address, PartsOf(*parsed));
  }
  DropNulls(address);
  if (address.contains("query")) DropNulls(address["query"]);
  return address;
}

}  // namespace

std::expected<Configuration, Error> MergeConfiguration(std::span<const Json> layers, bool address) {
  Configuration out;
  Json owner = Json::object();  // Key → layer, or null where the key is hidden.
  for (std::size_t i = 0; i < layers.size(); ++i) {
    for (const auto& [key, value] : layers[i].items()) {
      if ((address && IsAddressKey(key)) || owner.contains(key)) continue;
      owner[key] = value.is_null() ? Json() : Json(i);
    }
  }
  for (const auto& [key, layer] : owner.items()) {
    if (layer.is_null()) continue;
    out.origin.emplace_back(key, layer.get<std::size_t>());
    out.merged[key] = layers[layer.get<std::size_t>()][key];
  }
  if (!address) return out;
  auto parts = Address(layers);
  if (!parts) return std::unexpected(std::move(parts).error());
  out.address = std::move(*parts);
  out.merged.update(out.address);
  return out;
}

}  // namespace hawser::factory
