// Connection urls: one that is understood has the same parts when it is written anew with every byte escaped;
// the error of one that is not shows nothing of it but its scheme.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <utility>

#include "factory/configuration.h"
#include "factory/connection_url.h"

namespace {

using hawser::factory::ConnectionUrl;
using hawser::factory::ParseConnectionUrl;

std::string Escaped(const std::string& text) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    out += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
  }
  return out;
}

std::string WrittenHost(const std::string& host) {
  if (host.find(':') == std::string::npos) return Escaped(host);
  const std::size_t zone = host.find('%');
  return '[' + host.substr(0, zone) +
         (zone == std::string::npos ? "" : "%25" + Escaped(host.substr(zone + 1))) + ']';
}

std::string Written(const ConnectionUrl& url) {
  std::string out = url.dialect + (url.driver ? '+' + *url.driver : "") + "://";
  if (url.username) out += Escaped(*url.username);
  if (url.password) out += ':' + Escaped(*url.password);
  if (url.username || url.password) out += '@';
  if (url.host) out += WrittenHost(*url.host);
  if (url.port) out += ':' + std::to_string(*url.port);
  if (url.database) out += '/' + Escaped(*url.database);
  char separator = '?';
  for (const auto& [key, value] : url.query) {
    out += separator + Escaped(key) + '=' + Escaped(value);
    separator = '&';
  }
  return out;
}

bool Same(const ConnectionUrl& a, const ConnectionUrl& b) {
  return a.dialect == b.dialect && a.driver == b.driver && a.username == b.username &&
         a.password == b.password && a.host == b.host && a.port == b.port && a.database == b.database &&
         a.query == b.query;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string url(reinterpret_cast<const char*>(data), size);
  const auto parsed = ParseConnectionUrl(url);
  if (parsed) {
    const auto again = ParseConnectionUrl(Written(*parsed));
    if (!again || !Same(*parsed, *again)) std::abort();
  } else {
    // Wherever this stands behind the scheme, it is not to be seen.
    const std::size_t begin = url.find("://");
    if (begin != std::string::npos && url.find("hunter2", begin) != std::string::npos &&
        url.substr(0, begin).find("hunter2") == std::string::npos &&
        parsed.error().message.find("hunter2") != std::string::npos) {
      std::abort();
    }
  }
  hawser::Value layers[2];
  const auto set = [](hawser::Value& layer, const char* key, std::string text) {
    layer.entries.push_back({key, hawser::Value::String(std::move(text))});
  };
  set(layers[0], "url", url);
  set(layers[0], "port", url);
  set(layers[1], "host", url);
  set(layers[1], "url", "mysql://u:p@h/d");
  for (const auto& layer : layers) {
    if (!hawser::factory::MergeConfiguration({&layer, 1}, false)) std::abort();
    (void)hawser::factory::MergeConfiguration({&layer, 1}, true);
  }
  (void)hawser::factory::MergeConfiguration(layers, true);
  return 0;
}
