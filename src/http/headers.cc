#include "http/headers.h"

#include <algorithm>
#include <cstddef>

namespace hawser::http {

std::optional<std::string_view> Field(const Headers& headers, std::string_view name) {
  for (const Header& header : headers) {
    if (header.name == name) return header.value;
  }
  return std::nullopt;
}

std::string_view FieldOrEmpty(const Headers& headers, std::string_view name) {
  return Field(headers, name).value_or(std::string_view());
}

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsSpace(char c) { return c == ' ' || c == '\t'; }

bool SameText(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); i++) {
    if (Lower(a[i]) != Lower(b[i])) return false;
  }
  return true;
}

std::string_view Trim(std::string_view text) {
  while (!text.empty() && IsSpace(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsSpace(text.back())) text.remove_suffix(1);
  return text;
}

std::vector<std::string_view> SplitList(std::string_view text, char separator, bool angles) {
  std::vector<std::string_view> members;
  std::size_t start = 0;
  char closing = 0;  // What ends the quoted string or the angle brackets.
  for (std::size_t i = 0; i <= text.size(); i++) {
    const char c = i < text.size() ? text[i] : separator;
    if (closing != 0 && i < text.size()) {
      if (c == closing) {
        closing = 0;
      } else if (c == '\\' && closing == '"' && i + 1 < text.size()) {
        i++;
      }
    } else if (c == separator) {
      const std::string_view member = Trim(text.substr(start, i - start));
      if (!member.empty()) members.push_back(member);
      start = i + 1;
    } else if (c == '"') {
      closing = '"';
    } else if (angles && c == '<') {
      closing = '>';
    }
  }
  return members;
}

bool ListHas(std::string_view list, std::string_view text) {
  for (const std::string_view member : SplitList(list)) {
    if (SameText(member, text)) return true;
  }
  return false;
}

std::string_view Bare(std::string_view text) {
  const bool quoted = text.size() > 1 && text.front() == '"' && text.back() == '"';
  return quoted ? text.substr(1, text.size() - 2) : text;
}

std::optional<double> ParseSeconds(std::string_view text) {
  constexpr double kMost = 2147483648;
  if (text.empty()) return std::nullopt;
  double seconds = 0;
  for (const char c : text) {
    if (!IsDigit(c)) return std::nullopt;
    seconds = std::min(seconds * 10 + (c - '0'), kMost);
  }
  return seconds;
}

}  // namespace hawser::http
