// Paths of keys as people write them: connections.pets_db.url, servers[2].name, "key with space".x
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace hawser::secrets {

// Appends a key to a dotted path, quoted where a bare key could not be read back.
inline void AppendKey(std::string& path, std::string_view key) {
  if (!path.empty()) path += '.';
  const bool bare = !key.empty() && std::all_of(key.begin(), key.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
  if (bare) {
    path += key;
    return;
  }
  path += '"';
  for (const char c : key) {
    if (c == '"' || c == '\\') path += '\\';
    path += c;
  }
  path += '"';
}

inline void AppendIndex(std::string& path, std::size_t index) {
  path += '[';
  path += std::to_string(index);
  path += ']';
}

}  // namespace hawser::secrets
