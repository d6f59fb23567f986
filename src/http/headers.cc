#include "http/headers.h"

#include <algorithm>
#include <cstddef>

namespace hawser::http {

std::optional<std::string> Combined(const Headers& headers, std::string_view name) {
  std::optional<std::string> all;
  for (const Header& header : headers) {
    if (header.name != name) continue;
    if (all) {
      *all += ", ";
      *all += header.value;
    } else {
      all = header.value;
    }
  }
  return all;
}

bool Has(const Headers& headers, std::string_view name) {
  return std::any_of(headers.begin(), headers.end(), [&](const Header& header) { return header.name == name; });
}

void Remove(Headers& headers, std::string_view name) {
  std::erase_if(headers, [&](const Header& header) { return header.name == name; });
}

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = Lower(c);
  return lower;
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsSpace(char c) { return c == ' ' || c == '\t'; }

std::string_view Trim(std::string_view text) {
  while (!text.empty() && IsSpace(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsSpace(text.back())) text.remove_suffix(1);
  return text;
}

std::vector<std::string_view> SplitList(std::string_view text, char separator, bool angles) {
  std::vector<std::string_view> members;
  std::size_t start = 0;
  bool quoted = false;
  bool bracketed = false;
  for (std::size_t i = 0; i <= text.size(); i++) {
    const bool end = i == text.size();
    if (!end && quoted) {
      if (text[i] == '\\') {
        if (i + 1 < text.size()) i++;
      } else if (text[i] == '"') {
        quoted = false;
      }
    } else if (!end && bracketed) {
      bracketed = text[i] != '>';
    } else if (end || text[i] == separator) {
      const std::string_view member = Trim(text.substr(start, i - start));
      if (!member.empty()) members.push_back(member);
      start = i + 1;
    } else if (text[i] == '"') {
      quoted = true;
    } else if (angles && text[i] == '<') {
      bracketed = true;
    }
  }
  return members;
}

std::vector<std::string> NamesIn(std::string_view list) {
  std::vector<std::string> names;
  for (const std::string_view member : SplitList(list)) names.push_back(Lower(member));
  return names;
}

std::string Unquoted(std::string_view text) {
  if (text.empty() || text.front() != '"') return std::string(text);
  std::string plain;
  for (std::size_t i = 1; i < text.size() && text[i] != '"'; i++) {
    if (text[i] == '\\' && i + 1 < text.size()) i++;
    plain += text[i];
  }
  return plain;
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

bool Contains(const std::vector<std::string>& list, std::string_view text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

}  // namespace hawser::http
