#include "http/canonical.h"

#include <cstddef>
#include <utility>

#include "http/percent.h"

namespace hawser::http {
namespace {

// They are few.
void Sort(std::vector<std::string>& texts) {
  for (std::size_t i = 1; i < texts.size(); i++) {
    for (std::size_t at = i; at > 0 && texts[at] < texts[at - 1]; at--) texts[at].swap(texts[at - 1]);
  }
}

// Path and query of a URL.
std::pair<std::string_view, std::string_view> Split(std::string_view url) {
  url = url.substr(0, url.find('#'));
  if (const std::size_t scheme = url.find("://"); scheme < url.find_first_of("/?")) {
    const std::size_t path = url.find_first_of("/?", scheme + 3);
    url = path == std::string_view::npos ? "" : url.substr(path);
  }
  const std::size_t question = url.find('?');
  if (question == std::string_view::npos) return {url, ""};
  return {url.substr(0, question), url.substr(question + 1)};
}

// Without dot segments and empty ones. A path that ends with "/" or a dot segment ends with "/".
std::string Normalized(std::string_view path) {
  std::vector<std::string_view> kept;
  bool open = true;  // Whether it ends with a slash.
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    const std::string_view segment = path.substr(0, slash);
    open = slash != std::string_view::npos || segment == "." || segment == "..";
    if (segment == "..") {
      if (!kept.empty()) kept.pop_back();
    } else if (!segment.empty() && segment != ".") {
      kept.push_back(segment);
    }
    path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
  }
  std::string plain;
  for (const std::string_view segment : kept) {
    plain += '/';
    plain += segment;
  }
  if (open || plain.empty()) plain += '/';
  return plain;
}

std::string CanonicalPath(std::string_view path, const CanonicalOptions& options) {
  const std::string normal = options.normalize ? Normalized(path) : std::string(path.empty() ? "/" : path);
  return PercentEncoded(options.double_encode ? normal : PercentDecoded(normal, false), true);
}

std::string CanonicalQuery(std::string_view query) {
  std::vector<std::string> pairs;  // The name, a byte that sorts before all others, the value.
  const auto encode = [](std::string_view text) { return PercentEncoded(PercentDecoded(text, true), false); };
  while (!query.empty()) {
    const std::size_t end = query.find('&');
    const std::string_view pair = query.substr(0, end);
    query.remove_prefix(end == std::string_view::npos ? query.size() : end + 1);
    const std::size_t equals = pair.find('=');
    if (pair.empty()) continue;
    std::string& encoded = pairs.emplace_back(encode(pair.substr(0, equals)));
    encoded += '\0';
    if (equals != std::string_view::npos) encoded += encode(pair.substr(equals + 1));
  }
  Sort(pairs);
  std::string canonical;
  for (const std::string& pair : pairs) {
    if (!canonical.empty()) canonical += '&';
    for (const char c : pair) canonical += c == '\0' ? '=' : c;
  }
  return canonical;
}

// Trimmed; white space inside is one space, also where a line was continued on the next.
void AppendValue(std::string_view value, std::string& out) {
  bool begun = false;
  bool space = false;
  for (const char c : value) {
    if (IsSpace(c) || c == '\n' || c == '\r') {
      space = true;
      continue;
    }
    if (space && begun) out += ' ';
    space = false;
    begun = true;
    out += c;
  }
}

}  // namespace

std::string CanonicalRequest(std::string_view method, std::string_view url, const Headers& headers,
                             const std::vector<std::string_view>& signed_names, std::string_view payload_hash,
                             const CanonicalOptions& options) {
  const auto [path, query] = Split(url);
  std::string canonical(method);
  canonical += '\n';
  canonical += CanonicalPath(path, options);
  canonical += '\n';
  canonical += CanonicalQuery(query);
  canonical += '\n';
  std::string names;
  for (const std::string_view name : signed_names) {
    canonical += name;
    char separator = ':';
    for (const Header& header : headers) {
      if (header.name != name) continue;
      canonical += separator;
      AppendValue(header.value, canonical);
      separator = ',';
    }
    if (separator == ':') canonical += ':';
    canonical += '\n';
    if (!names.empty()) names += ';';
    names += name;
  }
  canonical += '\n';
  canonical += names;
  canonical += '\n';
  canonical += payload_hash;
  return canonical;
}

}  // namespace hawser::http
