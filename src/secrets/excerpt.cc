#include "secrets/excerpt.h"

#include <algorithm>
#include <cstddef>

namespace hawser::secrets {
namespace {

constexpr std::string_view kHidden = "…";
constexpr std::size_t kLongest = 120;

bool IsKeyCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
         c == '.' || c == ' ' || c == '\t';
}

std::size_t LineStart(std::string_view text, int line) {
  std::size_t at = text.starts_with("\xEF\xBB\xBF") ? 3 : 0;
  for (; line > 1; --line) {
    const std::size_t newline = text.find('\n', at);
    if (newline == std::string_view::npos) return text.size();
    at = newline + 1;
  }
  return at;
}

}  // namespace

std::string Excerpt(std::string_view text, int line, int column, const std::vector<int>& inner_lines) {
  const std::size_t start = LineStart(text, line);
  if (start >= text.size() || std::binary_search(inner_lines.begin(), inner_lines.end(), line)) {
    return std::string(kHidden);
  }
  std::size_t from = start;
  while (from < text.size() && (text[from] == ' ' || text[from] == '\t')) ++from;
  std::size_t to = from;
  const bool header = to < text.size() && text[to] == '[';
  while (to < text.size() && text[to] == '[') ++to;
  while (to < text.size() && IsKeyCharacter(text[to])) ++to;
  if (to >= text.size() || to - from > kLongest || text[to] != (header ? ']' : '='))
    return std::string(kHidden);
  if (header) {
    while (to < text.size() && text[to] == ']') ++to;
    return std::string(text.substr(from, to - from));
  }
  // Up to the sign all is ASCII, so columns count bytes.
  if (start + static_cast<std::size_t>(column) - 1 < to) return std::string(kHidden);
  return std::string(text.substr(from, to + 1 - from)) + " " + std::string(kHidden);
}

}  // namespace hawser::secrets
