#include "http/percent.h"

#include <cstddef>

#include "http/headers.h"

namespace hawser::http {
namespace {

std::optional<int> HexDigit(char c) {
  if (IsDigit(c)) return c - '0';
  c = Lower(c);
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return std::nullopt;
}

}  // namespace

std::optional<char> PercentAt(std::string_view text) {
  if (text.size() < 3 || text[0] != '%') return std::nullopt;
  const auto high = HexDigit(text[1]);
  const auto low = HexDigit(text[2]);
  if (!high || !low) return std::nullopt;
  return static_cast<char>(*high * 16 + *low);
}

std::string PercentDecoded(std::string_view text, bool plus) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); i++) {
    if (const auto byte = PercentAt(text.substr(i))) {
      plain += *byte;
      i += 2;
    } else {
      plain += plus && text[i] == '+' ? ' ' : text[i];
    }
  }
  return plain;
}

std::string PercentEncoded(std::string_view text, bool slashes) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    const char lower = Lower(c);
    if ((lower >= 'a' && lower <= 'z') || IsDigit(c) || c == '-' || c == '.' || c == '_' || c == '~' ||
        (slashes && c == '/')) {
      encoded += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    encoded += '%';
    encoded += kHex[byte >> 4];
    encoded += kHex[byte & 15];
  }
  return encoded;
}

}  // namespace hawser::http
