// Header fields as they were received, and the small grammar that all of them share (RFC 9110, 5.5 and 5.6).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hawser::http {

// One field line. Names are in lower case.
struct Header {
  std::string name;
  std::string value;
};
using Headers = std::vector<Header>;

// All lines of one name as one value, in their order, joined by ", ". `name` is in lower case.
std::optional<std::string> Combined(const Headers& headers, std::string_view name);

// Whether there is a line of that name.
bool Has(const Headers& headers, std::string_view name);

// Removes all lines of that name.
void Remove(Headers& headers, std::string_view name);

// In lower case, as far as ASCII goes.
std::string Lower(std::string_view text);
char Lower(char c);

bool IsDigit(char c);
bool IsSpace(char c);  // Space and tab, which is all that HTTP knows.

// Without spaces and tabs at both ends.
std::string_view Trim(std::string_view text);

// Members of a list, trimmed, without empty ones. A separator in a quoted string or in <angle brackets> (when `angles`)
// separates nothing; a quoted string that never ends goes to the end.
std::vector<std::string_view> SplitList(std::string_view text, char separator = ',', bool angles = false);

// The same of all the names in a field such as Vary or Connection, in lower case.
std::vector<std::string> NamesIn(std::string_view list);

// What a token or quoted string says, its backslashes taken away.
std::string Unquoted(std::string_view text);

// A count of seconds, all digits (RFC 9111, 1.2.2). What is beyond 2^31 counts as 2^31. Nothing for other texts.
std::optional<double> ParseSeconds(std::string_view text);

// Whether the text is among `list`.
bool Contains(const std::vector<std::string>& list, std::string_view text);

}  // namespace hawser::http
