#include "http/link.h"

#include <cstddef>
#include <optional>
#include <utility>

#include "http/headers.h"
#include "http/percent.h"

namespace hawser::http {
namespace {

// The value of a parameter with an encoding (RFC 8187): UTF-8'language'percent-encoded.
std::optional<std::string> Decoded(std::string_view text) {
  const std::size_t first = text.find('\'');
  const std::size_t second = first == std::string_view::npos ? first : text.find('\'', first + 1);
  if (second == std::string_view::npos || !SameText(text.substr(0, first), "utf-8")) return std::nullopt;
  text.remove_prefix(second + 1);
  return PercentDecoded(text, false);
}

// What a token or quoted string says, its backslashes taken away.
std::string Unquoted(std::string_view text) {
  if (text.empty() || text.front() != '"') return std::string(text);
  std::string plain;
  for (std::size_t i = 1; i < text.size() && text[i] != '"'; i++) {
    if (text[i] == '\\' && i + 1 < text.size()) i++;
    plain += text[i];
  }
  return plain;
}

LinkParameter* Find(Link& link, std::string_view name) {
  for (LinkParameter& parameter : link.parameters) {
    if (SameText(parameter.name, name)) return &parameter;
  }
  return nullptr;
}

void AddParameter(Link& link, std::string_view text) {
  const std::size_t equals = text.find('=');
  std::string_view name = Trim(text.substr(0, equals));
  std::string value = equals == std::string_view::npos ? "" : Unquoted(Trim(text.substr(equals + 1)));
  const bool encoded = name.ends_with('*');
  if (encoded) {
    auto decoded = Decoded(value);
    if (!decoded) return;
    name.remove_suffix(1);
    value = std::move(*decoded);
  }
  if (name.empty()) return;
  LinkParameter* known = Find(link, name);
  if (!known) {
    link.parameters.push_back({name, std::move(value)});
  } else if (encoded) {
    known->value = std::move(value);
  }
}

}  // namespace

std::vector<Link> ParseLinks(std::string_view field) {
  std::vector<Link> links;
  for (const std::string_view member : SplitList(field, ',', true)) {
    const std::size_t end = member.find('>');
    if (member.front() != '<' || end == std::string_view::npos) continue;
    Link link{.target = Trim(member.substr(1, end - 1)), .parameters = {}};
    for (const std::string_view parameter : SplitList(member.substr(end + 1), ';'))
      AddParameter(link, parameter);
    const LinkParameter* rel = Find(link, "rel");
    if (rel && !Trim(rel->value).empty()) links.push_back(std::move(link));
  }
  return links;
}

}  // namespace hawser::http
