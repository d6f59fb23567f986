#include "http/link.h"

#include <cstddef>
#include <optional>

#include "http/headers.h"
#include "http/percent.h"

namespace hawser::http {
namespace {

// The value of a parameter with an encoding (RFC 8187): UTF-8'language'percent-encoded.
std::optional<std::string> Decoded(std::string_view text) {
  const std::size_t first = text.find('\'');
  const std::size_t second = first == std::string_view::npos ? first : text.find('\'', first + 1);
  if (second == std::string_view::npos || Lower(text.substr(0, first)) != "utf-8") return std::nullopt;
  text.remove_prefix(second + 1);
  return PercentDecoded(text, false);
}

// Relation types are separated by spaces.
std::vector<std::string> Relations(std::string_view text) {
  std::vector<std::string> relations;
  for (const std::string_view type : SplitList(text, ' ')) relations.push_back(Lower(type));
  return relations;
}

void AddParameter(Link& link, std::string_view text) {
  const std::size_t equals = text.find('=');
  std::string name = Lower(Trim(text.substr(0, equals)));
  std::string value = equals == std::string_view::npos ? "" : Unquoted(Trim(text.substr(equals + 1)));
  if (name.empty()) return;
  const bool encoded = name.back() == '*';
  if (encoded) {
    const auto decoded = Decoded(value);
    if (!decoded) return;
    name.pop_back();
    value = *decoded;
  }
  if (name == "rel" && link.rel.empty()) link.rel = Relations(value);
  if (name == "rel") return;
  for (auto& [known, kept] : link.parameters) {
    if (known != name) continue;
    if (encoded) kept = value;
    return;
  }
  link.parameters.emplace_back(std::move(name), std::move(value));
}

}  // namespace

std::vector<Link> ParseLinks(std::string_view field) {
  std::vector<Link> links;
  for (const std::string_view member : SplitList(field, ',', true)) {
    const std::size_t end = member.find('>');
    if (member.front() != '<' || end == std::string_view::npos) continue;
    Link link{.target = std::string(Trim(member.substr(1, end - 1))), .rel = {}, .parameters = {}};
    for (const std::string_view parameter : SplitList(member.substr(end + 1), ';')) AddParameter(link, parameter);
    if (!link.rel.empty()) links.push_back(std::move(link));
  }
  return links;
}

}  // namespace hawser::http
