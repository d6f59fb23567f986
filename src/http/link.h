// Link header fields (RFC 8288).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace hawser::http {

struct LinkParameter {
  std::string_view name;  // In any case.
  std::string value;
};

struct Link {
  std::string_view target;  // As it stands there: relative to the URL of the response.
  // Of equal names the first. One of them is rel: relation types with spaces between them.
  std::vector<LinkParameter> parameters;
};

// The links of one field value, or of several joined by commas. Reads what RFC 8288, appendix B.2 reads;
// links without a relation type, and what is not a link, are left out. Of a parameter with an encoding
// (title*=UTF-8''…) the decoded value takes the place of the plain one's.
std::vector<Link> ParseLinks(std::string_view field);

}  // namespace hawser::http
