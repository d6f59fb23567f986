// Header fields, and the small grammar that all of them share (RFC 9110, 5.5 and 5.6). Everything here is a
// view: who owns the text keeps it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hawser::http {

// Names are in lower case. Lines of one name are one field, joined by ", " (as in the fetch standard); but
// for Set-Cookie, which cannot be, and where it says so.
struct Header {
  std::string_view name;
  std::string_view value;
};
using Headers = std::vector<Header>;

// The value of a field.
std::optional<std::string_view> Field(const Headers& headers, std::string_view name);

// The same, "" when there is none.
std::string_view FieldOrEmpty(const Headers& headers, std::string_view name);

char Lower(char c);  // As far as ASCII goes.
bool IsDigit(char c);
bool IsSpace(char c);  // Space and tab, which is all that HTTP knows.

// Whether two texts are the same but for the case of ASCII letters.
bool SameText(std::string_view a, std::string_view b);

// Without spaces and tabs at both ends.
std::string_view Trim(std::string_view text);

// Members of a list, trimmed, without empty ones. A separator in a quoted string or in <angle brackets> (when
// `angles`) separates nothing; a quoted string that never ends goes to the end.
std::vector<std::string_view> SplitList(std::string_view text, char separator = ',', bool angles = false);

// Whether a text is among the members of a list such as Vary or Connection, in any case.
bool ListHas(std::string_view list, std::string_view text);

// A value without the double quotes around it.
std::string_view Bare(std::string_view text);

// A count of seconds, all digits (RFC 9111, 1.2.2). What is beyond 2^31 counts as 2^31. Nothing for other
// texts.
std::optional<double> ParseSeconds(std::string_view text);

}  // namespace hawser::http
