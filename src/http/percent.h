// Percent-encoding (RFC 3986, 2.1).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace hawser::http {

// The byte that %XX at the beginning of the text stands for.
std::optional<char> PercentAt(std::string_view text);

// All %XX as bytes; a % that begins none stays. With `plus`, "+" is a space.
std::string PercentDecoded(std::string_view text, bool plus);

// Everything but A-Z a-z 0-9 - . _ ~ as %XX in upper case; with `slashes` "/" stays, too.
std::string PercentEncoded(std::string_view text, bool slashes);

}  // namespace hawser::http
