// Link header fields (RFC 8288).
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hawser::http {

struct Link {
  std::string target;             // As it stands there: relative to the URL of the response.
  std::vector<std::string> rel;   // Relation types, in lower case. Never empty.
  std::vector<std::pair<std::string, std::string>> parameters;  // The others, in lower case; of equal names the first.
};

// The links of one field value, or of several joined by commas. Reads what RFC 8288, appendix B.2 reads; links without a
// relation type, and what is not a link, are left out. Of a parameter with an encoding (title*=UTF-8''…) the decoded
// value takes the place of the plain one's.
std::vector<Link> ParseLinks(std::string_view field);

}  // namespace hawser::http
